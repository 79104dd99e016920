// Cases of ops on the GPU: both kernel profiles against the float64 reference, by the bars of the table.

import { expect } from "vitest";
import { compile } from "../../src/api/compile.ts";
import { Engine } from "../../src/api/engine.ts";
import { gradients } from "../../src/api/grad.ts";
import { type Tensor, tensor } from "../../src/api/tensor.ts";
import { differentiate } from "../../src/autodiff/differentiate.ts";
import { compileGraph } from "../../src/compile/compileGraph.ts";
import type { Node } from "../../src/graph/node.ts";
import { constantNode } from "../../src/graph/source.ts";
import { add, mul, sum } from "../../src/ops/index.ts";
import { openDevice } from "../../src/runtime/openDevice.ts";
import { Runtime } from "../../src/runtime/runtime.ts";
import type { HostArray } from "../../src/tensor/hostArray.ts";
import { isSameShape } from "../../src/tensor/shape.ts";
import { sharedDevice } from "../setup/sharedDevice.ts";
import { allowedError, type Tolerance } from "../setup/tolerances.ts";
import {
  absolute,
  gradientNodes,
  type OpCase,
  type Prepared,
  prepare,
  secondLoss,
  valuesOf,
} from "./opCase.ts";

let shared: Promise<{ gpu: Engine; fallback: Engine }> | undefined;

/** Two engines on one device: one for each kernel profile. */
export function sharedEngines(): Promise<{ gpu: Engine; fallback: Engine }> {
  shared ??= sharedDevice()
    .then((device) => openDevice({ device }))
    .then((open) => {
      const engine = (kind: "gpu" | "fallback") =>
        new Engine(new Runtime({ ...open, isOwn: false, profile: { ...open.profile, kind } }));
      return { gpu: engine("gpu"), fallback: engine("fallback") };
    });
  return shared;
}

/** A case with what its results must be. */
interface Expected extends Prepared {
  readonly opCase: OpCase;
  readonly wanted: readonly Wanted[];
}

/** One result: what the rules give for it in float64, and the bar. */
interface Wanted {
  readonly what: string;
  readonly node: Node;
  readonly tolerance: Tolerance;
  readonly factor: number;
}

/** What one case computes on the GPU, in the order of `Wanted`. */
type Results = Tensor[];

/** Runs all `cases` in one compiled function with the kernels for GPUs and, where they differ, with the fallback's. */
export async function checkOnGpu(cases: readonly OpCase[]): Promise<void> {
  const engines = await sharedEngines();
  const expected = cases.map(expectationsOf);
  const plan = await runOn(engines.gpu, "gpu kernels", expected);
  const other = compileGraph(plan.graph, engines.fallback.deviceProfile);
  if (JSON.stringify(other) === JSON.stringify(plan.plan)) return;
  await runOn(engines.fallback, "fallback kernels", expected);
}

function expectationsOf(opCase: OpCase): Expected {
  const prepared = prepare(opCase);
  const { tolerance, gradientTolerance = tolerance, secondTolerance = gradientTolerance } = opCase;
  const wanted: Wanted[] = [{ what: "value", node: prepared.y, tolerance, factor: 1 }];
  gradientNodes(prepared).forEach((node, position) => {
    wanted.push({
      what: `gradient ${prepared.wrt[position]}`,
      node,
      tolerance: gradientTolerance,
      factor: 4,
    });
  });
  if (!opCase.secondGradient) return { ...prepared, opCase, wanted };
  const { loss, targets } = secondLoss(prepared);
  differentiate(loss, constantNode(1, "f32"), targets).forEach((found, position) => {
    const node = found ?? constantNode(0, "f32", targets[position].shape);
    wanted.push({ what: `second gradient ${position}`, node, tolerance: secondTolerance, factor: 4 });
  });
  return { ...prepared, opCase, wanted };
}

async function runOn(engine: Engine, kernels: string, expected: readonly Expected[]) {
  const uploads = expected.map(({ nodes, seed, weights, feeds }) => {
    const upload = (node: Node) =>
      tensor(feeds.get(node)?.data ?? [], node.shape, { dtype: node.dtype, engine });
    return { inputs: nodes.map(upload), seed: upload(seed), weights: weights.map(upload) };
  });
  const run = compile((given: typeof uploads) => given.map((one, index) => resultsOf(expected[index], one)), {
    engine,
  });
  const results = run(uploads);
  for (const [index, one] of expected.entries()) await compare(kernels, one, results[index]);
  const [compiled] = run.inspect();
  run.dispose();
  const used = uploads.flatMap(({ inputs, seed, weights }) => [...inputs, seed, ...weights]);
  for (const one of [...used, ...results.flat()]) one.dispose();
  return compiled;
}

function resultsOf(
  { opCase, wrt }: Expected,
  { inputs, seed, weights }: { inputs: Tensor[]; seed: Tensor; weights: Tensor[] },
): Results {
  const y = opCase.apply(...inputs);
  if (wrt.length === 0) return [y];
  const targets = wrt.map((index) => inputs[index]);
  const first = gradients(sum(mul(y, seed)), targets);
  if (!opCase.secondGradient) return [y, ...first];
  const terms = first.map((gradient, position) => sum(mul(gradient, weights[position])));
  const second = gradients(
    terms.reduce((a, b) => add(a, b)),
    [...targets, seed],
    { allowUnused: true },
  );
  return [y, ...first, ...second];
}

async function compare(
  kernels: string,
  { opCase, wanted, feeds }: Expected,
  results: Results,
): Promise<void> {
  const roots = wanted.map(({ node }) => node);
  const expectedOf = valuesOf(roots, feeds);
  const needsMagnitudes = wanted.some(({ tolerance }) => tolerance.family === "reduction");
  const magnitudeOf = needsMagnitudes ? valuesOf(roots, absolute(feeds)) : expectedOf;
  const [first, second] = feeds.values();
  for (const [index, { what, node, tolerance, factor }] of wanted.entries()) {
    const actual = results[index];
    const title = `${opCase.name}, ${kernels}: ${what}`;
    expect(actual.shape, title).toEqual(node.shape);
    expect(actual.dtype, title).toBe(node.dtype);
    const input = inputFor(first, node);
    const exponent = inputFor(second, node);
    const magnitudes = magnitudeOf(node).data;
    const allowed = (expected: number, place: number) => {
      const magnitude = Math.abs(magnitudes[place]);
      return (
        factor *
        allowedError(tolerance, { expected, input: input(place), exponent: exponent(place), magnitude })
      );
    };
    expectClose(title, await actual.data(), expectedOf(node).data, allowed);
  }
}

/** The element of an input that stands at a place of `node`; its largest finite one where the op moves elements. */
function inputFor({ shape, data }: HostArray, node: Node): (place: number) => number {
  if (isSameShape(shape, node.shape)) return (place) => data[place];
  const largest = data.reduce(
    (size, value) => (Number.isFinite(value) ? Math.max(size, Math.abs(value)) : size),
    0,
  );
  return () => largest;
}

function expectClose(
  title: string,
  actual: ArrayLike<number>,
  expected: Float64Array,
  allowed: (expected: number, place: number) => number,
): void {
  expect(actual.length, title).toBe(expected.length);
  let worst = { ratio: 0, text: "" };
  expected.forEach((value, place) => {
    if (Object.is(actual[place], value) || actual[place] === value) return;
    const bar = Number.isFinite(value) ? allowed(value, place) : 0;
    const error = Math.abs(actual[place] - value);
    // NaN where a number is due, and the other way round, is as wrong as can be.
    const ratio = error <= bar ? error / bar : Number.POSITIVE_INFINITY;
    if (ratio > worst.ratio)
      worst = { ratio, text: `${title}[${place}]: ${actual[place]}, expected ${value} +- ${bar}` };
  });
  expect(worst.ratio, worst.text).toBeLessThanOrEqual(1);
}
