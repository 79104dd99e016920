// gradcheck: a function's gradients held against differences of its values, on the device that computes both.
//
// Decides: how differences are taken so that f32 suffices. All results, each times a number of its own, are added up in
// float64 on the CPU; each element moves by eps and by 2 eps to both sides, and the two slopes are put together so that
// the error of third order goes (Richardson). With the default eps what is left is about 1e-5 of the results' size, of
// rounding. Float64 it cannot be: the references that the tests of this package use are not part of what pages load.

import { UsageError } from "../base/errors.ts";
import { uniformAt } from "../ops/randomUniform.ts";
import { isFloating } from "../tensor/dtype.ts";
import { elementCount } from "../tensor/shape.ts";
import { type CompiledFunction, compile } from "./compile.ts";
import { flatten, requireTensors } from "./structure.ts";
import { type Tensor, tensor } from "./tensor.ts";
import { vjp } from "./vjp.ts";

/** How gradients are checked. */
export interface GradcheckOptions {
  /** By how much an element moves, times its size where that is above 1. Default 2^-7. */
  readonly eps?: number;
  /** How far apart the two may be: atol + rtol |numeric|. Default 1e-3 both. */
  readonly atol?: number;
  readonly rtol?: number;
  /** Reject where they are further apart, rather than say so in the report. Default true. */
  readonly raiseException?: boolean;
}

/** One element of one input, with both slopes of the results' weighted sum. */
export interface GradcheckEntry {
  /** Which input, from 0. */
  readonly input: number;
  /** Which of its elements, row-major from 0. */
  readonly element: number;
  /** By the gradient's rules. */
  readonly analytic: number;
  /** By differences. */
  readonly numeric: number;
}

/** What was found. */
export interface GradcheckReport {
  readonly ok: boolean;
  /** How many elements were moved. */
  readonly checked: number;
  /** Those whose slopes are further apart than allowed, or no numbers. */
  readonly faults: readonly GradcheckEntry[];
  /** The one whose slopes are the furthest apart, by what is allowed; undefined where there was none. */
  readonly worst: GradcheckEntry | undefined;
}

/** A gradient is not what differences give. */
export class GradcheckError extends UsageError {
  override name = "GradcheckError";
  readonly report: GradcheckReport;

  constructor(message: string, report: GradcheckReport) {
    super(message);
    this.report = report;
  }
}

type Tensors<R = Tensor[]> = (...inputs: Tensor[]) => R;
type Numbers = Required<Pick<GradcheckOptions, "eps" | "atol" | "rtol">>;

/** Elements that are moved in one submit, each to four places. */
const ELEMENTS_AT_ONCE = 64;
/** Where an element goes, times eps. */
const STEPS = [1, -1, 2, -2];

/**
 * Whether the gradients of `f` at `inputs` are what differences of its values give, element by element: for gradients of
 * one's own (`customGradient`, ops of one's own) and what is built on them. f is compiled and run on the GPU about four
 * times for each element, so it is for small tensors. It may give any structure of tensors; those of f32 and f16 count.
 * Inputs of whole numbers are passed on as they are. Differences see a slope where there is one: keep elements away
 * from kinks (relu at 0) by more than 2 eps, and results near the size of 1, since they are f32.
 *
 * Rejects with GradcheckError, which names input, element and both slopes, unless `raiseException` is false; with UsageError
 * where no input is a tensor of f32, eps is not above 0, atol or rtol is negative, f gives no tensor of fractions or gives
 * other values at each call, and inside compiled functions. Source: torch.autograd.gradcheck.
 */
export function gradcheck<A extends readonly Tensor[]>(
  f: (...inputs: A) => unknown,
  inputs: A,
  options: GradcheckOptions = {},
): Promise<GradcheckReport> {
  return check("gradcheck", f as unknown as Tensors, inputs, options);
}

/**
 * The same for the gradients of the gradients of `f`: of what `vjp` gives, by the inputs and by what it starts from.
 * Source: torch.autograd.gradgradcheck.
 */
export async function gradgradcheck<A extends readonly Tensor[]>(
  f: (...inputs: A) => unknown,
  inputs: A,
  options: GradcheckOptions = {},
): Promise<GradcheckReport> {
  const op = "gradgradcheck";
  requireInputs(op, inputs);
  const fractions = fractionsOf(op, f as unknown as Tensors);
  const probe = compile(fractions);
  const results = probe(...inputs);
  const starts = results.map((result, index) => weightsFor(result, index + results.length));
  try {
    return await check(op, slopesOf(fractions, inputs.length), [...inputs, ...starts], options);
  } finally {
    probe.dispose();
    for (const made of [...results, ...starts]) made.dispose();
  }
}

async function check(
  op: string,
  f: Tensors<unknown>,
  inputs: readonly Tensor[],
  { eps = 2 ** -7, atol = 1e-3, rtol = 1e-3, raiseException = true }: GradcheckOptions,
): Promise<GradcheckReport> {
  requireInputs(op, inputs);
  requireNumbers(op, { eps, atol, rtol });
  const fractions = fractionsOf(op, f);
  const values = compile(fractions);
  const slopes = compile(slopesOf(fractions, inputs.length));
  const results = values(...inputs);
  const starts = results.map(weightsFor);
  try {
    await requireSame(op, results, values(...inputs));
    const analytic = await Promise.all(slopes(...inputs, ...starts).map((slope) => slope.data()));
    const weights = await Promise.all(starts.map((start) => start.data()));
    const moving = inputs.flatMap((x, input) => (isFloating(x.dtype) ? [input] : []));
    const entries: GradcheckEntry[] = [];
    for (const [position, input] of moving.entries()) {
      const numeric = await differences(values, inputs, input, weights, eps);
      numeric.forEach((value, element) => {
        entries.push({ input, element, analytic: analytic[position][element], numeric: value });
      });
    }
    const report = reportOf(entries, (entry) => apart(entry) / (atol + rtol * Math.abs(entry.numeric)));
    if (report.ok || !raiseException) return report;
    throw new GradcheckError(messageOf(op, report), report);
  } finally {
    values.dispose();
    slopes.dispose();
    for (const made of [...results, ...starts]) made.dispose();
  }
}

/** `f`, with its results of fractions alone, as a list. */
function fractionsOf(op: string, f: Tensors<unknown>): Tensors {
  return (...inputs) => {
    const made = f(...inputs);
    const found = made instanceof Promise ? [] : flatten(op, made).tensors;
    const fractions = found.filter(({ dtype }) => isFloating(dtype));
    if (fractions.length > 0) return fractions;
    throw new UsageError(
      `${op}: f gives no tensor of f32 or f16; it must give one at least, and not be asynchronous.`,
    );
  };
}

/** dL/dx for each of the first `count` arguments that is of fractions; the others are dL/dy for each result. */
function slopesOf(fractions: Tensors, count: number): Tensors {
  return (...all) => {
    const inputs = all.slice(0, count);
    const moving = inputs.filter(({ dtype }) => isFloating(dtype));
    const ofMoving = (...variables: Tensor[]) =>
      fractions(...inputs.map((x) => (moving.includes(x) ? variables[moving.indexOf(x)] : x)));
    return [...vjp(ofMoving, ...moving).pullback(all.slice(count))];
  };
}

/** A number from 0.5 to 1.5 for each element of `result`, so that no two faults cancel. */
function weightsFor({ shape, dtype, engine }: Tensor, stream: number): Tensor {
  const draw = (_: unknown, index: number) => 0.5 + uniformAt(1, stream, 0, index);
  return tensor(Float32Array.from({ length: elementCount(shape) }, draw), shape, { dtype, engine });
}

/** The slope of the weighted sum of results by each element of one input. */
async function differences(
  values: CompiledFunction<Tensor[], Tensor[]>,
  inputs: readonly Tensor[],
  input: number,
  weights: readonly ArrayLike<number>[],
  eps: number,
): Promise<number[]> {
  const { shape, engine } = inputs[input];
  const x = await inputs[input].data();
  const slopes: number[] = [];
  for (let first = 0; first < x.length; first += ELEMENTS_AT_ONCE) {
    const elements = Array.from(x.subarray(first, first + ELEMENTS_AT_ONCE), (_, k) => first + k);
    const places = elements.flatMap((element) =>
      STEPS.map((step) => Math.fround(x[element] + step * eps * Math.max(1, Math.abs(x[element])))),
    );
    const moved = places.map((place, k) => {
      const data = Float32Array.from(x);
      data[elements[Math.floor(k / STEPS.length)]] = place;
      return tensor(data, shape, { engine });
    });
    const stacks = values.many(moved.map((made) => inputs.map((other, k) => (k === input ? made : other))));
    const sums = await weightedSums(stacks, weights, places.length);
    for (const made of [...moved, ...stacks]) made.dispose();
    elements.forEach((_, k) => {
      const at = k * STEPS.length;
      const slope = (i: number) => (sums[at + i] - sums[at + i + 1]) / (places[at + i] - places[at + i + 1]);
      slopes.push((4 * slope(0) - slope(2)) / 3);
    });
  }
  return slopes;
}

/** For each of `count` calls, all results times their weights, added up. */
async function weightedSums(
  stacks: readonly Tensor[],
  weights: readonly ArrayLike<number>[],
  count: number,
): Promise<Float64Array> {
  const sums = new Float64Array(count);
  for (const [index, stack] of stacks.entries()) {
    const data = await stack.data();
    const size = weights[index].length;
    data.forEach((value, at) => {
      sums[Math.floor(at / size)] += value * weights[index][at % size];
    });
  }
  return sums;
}

function apart({ analytic, numeric }: GradcheckEntry): number {
  return Math.abs(analytic - numeric);
}

/** `excess`: above 1 where the slopes are further apart than allowed. */
function reportOf(
  entries: readonly GradcheckEntry[],
  excess: (entry: GradcheckEntry) => number,
): GradcheckReport {
  const size = (entry: GradcheckEntry) =>
    Number.isNaN(excess(entry)) ? Number.POSITIVE_INFINITY : excess(entry);
  const faults = entries.filter((entry) => size(entry) > 1);
  const [worst] = [...entries].sort((a, b) => size(b) - size(a));
  return { ok: faults.length === 0, checked: entries.length, faults, worst };
}

function messageOf(op: string, { worst, faults, checked }: GradcheckReport): string {
  const where = worst && `element ${worst.element} of input ${worst.input}`;
  return (
    `${op}: for ${where} the gradient is ${worst?.analytic} and the differences give ${worst?.numeric}, ` +
    `the furthest apart of ${faults.length} faults in ${checked} elements; ` +
    "the two must agree by atol and rtol, away from kinks and with results near the size of 1."
  );
}

/** Throws UsageError unless f gave the same twice. */
async function requireSame(op: string, first: readonly Tensor[], again: readonly Tensor[]): Promise<void> {
  for (const [index, result] of first.entries()) {
    const [a, b] = await Promise.all([result.data(), again[index].data()]);
    if (a.every((value, at) => Object.is(value, b[at]))) continue;
    throw new UsageError(
      `${op}: f gives other values at each call; it must depend on its inputs alone, so without dropout or noise.`,
    );
  }
  for (const result of again) result.dispose();
}

function requireInputs(op: string, inputs: readonly Tensor[]): void {
  requireTensors(op, "input", inputs);
  const fractions = inputs.filter(({ dtype }) => isFloating(dtype));
  const coarse = fractions.find(({ dtype }) => dtype !== "f32");
  if (fractions.length > 0 && coarse === undefined) return;
  const what = coarse === undefined ? "no input is of fractions" : `an input has dtype ${coarse.dtype}`;
  throw new UsageError(`${op}: ${what}; those that are differentiated must be f32, and there must be one.`);
}

function requireNumbers(op: string, { eps, atol, rtol }: Numbers): void {
  if (!(eps > 0 && eps < Number.POSITIVE_INFINITY)) {
    throw new UsageError(`${op}: eps is ${eps}; it must be a finite number above 0.`);
  }
  for (const [name, value] of Object.entries({ atol, rtol })) {
    if (value >= 0) continue;
    throw new UsageError(`${op}: ${name} is ${value}; it must be at least 0.`);
  }
}
