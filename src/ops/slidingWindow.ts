// Windows that slide over the axes behind the channels, however many there are: what a user says of them, checked.

import { ShapeError, UsageError } from "../base/errors.ts";

/** How much stands before an axis and after it. */
export type Sides = readonly [before: number, after: number];

/**
 * Zeros around the input. A number counts for both sides of every axis; a list has for each axis a number or
 * [before, after]. "valid" is none; "same" keeps sizes at a stride of 1, and puts an odd one at the end.
 */
export type Padding<Axes extends readonly number[]> =
  | number
  | "same"
  | "valid"
  | { readonly [Axis in keyof Axes]: number | Sides };

/** How a window slides; `Axes` has a number for each axis. */
export interface SlidingOptions<Axes extends readonly number[]> {
  /** Steps between neighbouring windows. Default 1. */
  readonly stride?: number | Axes;
  /** Default 0. */
  readonly padding?: Padding<Axes>;
  /** Distance between the elements of a window. Default 1. */
  readonly dilation?: number | Axes;
}

/** How a window slides along one axis. */
export interface SlidingAxis {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Zeros in front of the axis and behind it. */
  readonly before: number;
  readonly after: number;
}

type Steps = Pick<SlidingAxis, "kernel" | "stride" | "dilation">;

/** What a window covers of its axis, from its first element to its last. */
export function reachOf({ kernel, dilation }: Pick<SlidingAxis, "kernel" | "dilation">): number {
  return dilation * (kernel - 1) + 1;
}

/** One number for each of `rank` axes, or null where such may stand. Throws UsageError unless all are whole and at least `least`. */
export function requireEach<N extends number | null>(
  op: string,
  name: string,
  sizes: N | readonly N[],
  rank: number,
  least: number,
): N[] {
  const all = spread(op, name, sizes, rank);
  for (const size of all) if (size !== null) requireCount(op, name, size, least);
  return all;
}

/** The window along each axis. Throws UsageError for options that do not fit. */
export function requireSliding(
  op: string,
  kernel: readonly number[],
  { stride = 1, padding = 0, dilation = 1 }: SlidingOptions<readonly number[]>,
): SlidingAxis[] {
  const strides = requireEach(op, "stride", stride, kernel.length, 1);
  const dilations = requireEach(op, "dilation", dilation, kernel.length, 1);
  const steps = kernel.map((size, axis) => ({
    kernel: size,
    stride: strides[axis],
    dilation: dilations[axis],
  }));
  const sides = requireSides(op, padding, steps);
  return steps.map((axis, index) => ({ ...axis, before: sides[index][0], after: sides[index][1] }));
}

/**
 * How many windows there are on axis `axis`, of `length`; in ceilMode with one that reaches beyond it, if that begins in it
 * or before. Throws ShapeError where there is none.
 */
export function requirePlaces(
  op: string,
  axis: number,
  length: number,
  { before, after, stride, ...window }: SlidingAxis,
  ceilMode = false,
): number {
  const reach = reachOf(window);
  const padded = before + length + after;
  const over = ceilMode ? stride - 1 : 0;
  const count = Math.floor((padded + over - reach) / stride) + 1;
  const fitting = ceilMode && (count - 1) * stride >= before + length ? count - 1 : count;
  if (fitting >= 1) return fitting;
  throw new ShapeError(
    `${op}: the window covers ${reach} of axis ${axis}, which has ${length} (${padded} with padding); it must fit in` +
      (over > 0 ? `, or reach beyond it by at most ${over}.` : "."),
  );
}

function requireSides(op: string, padding: Padding<readonly number[]>, steps: readonly Steps[]): Sides[] {
  if (padding === "valid") return steps.map(() => [0, 0]);
  if (padding === "same") return sameSides(op, steps);
  if (typeof padding === "string") {
    throw new UsageError(`${op}: padding is "${padding}"; as a word it must be "same" or "valid".`);
  }
  return spread<number | Sides>(op, "padding", padding, steps.length).map((given) => {
    const sides: readonly number[] = typeof given === "number" ? [given, given] : given;
    for (const value of sides) requireCount(op, "padding", value, 0);
    if (sides.length === 2) return [sides[0], sides[1]];
    throw new UsageError(
      `${op}: padding of an axis is [${sides.join(", ")}]; it must be a number or [before, after].`,
    );
  });
}

function sameSides(op: string, steps: readonly Steps[]): Sides[] {
  if (steps.some(({ stride }) => stride !== 1)) {
    const strides = steps.map(({ stride }) => stride);
    throw new UsageError(
      `${op}: padding is "same" and stride [${strides.join(", ")}]; "same" needs stride 1.`,
    );
  }
  return steps.map((axis) => {
    const total = reachOf(axis) - 1;
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  });
}

function spread<V>(op: string, name: string, given: V | readonly V[], rank: number): V[] {
  const all = isList(given) ? [...given] : new Array<V>(rank).fill(given);
  if (all.length === rank) return all;
  throw new UsageError(
    `${op}: ${name} is [${all.map(String).join(", ")}]; it must be a number, or as many as there are axes, ${rank}.`,
  );
}

function isList<V>(given: V | readonly V[]): given is readonly V[] {
  return Array.isArray(given);
}

function requireCount(op: string, name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new UsageError(`${op}: ${name} is ${value}; it must be a whole number of at least ${least}.`);
}
