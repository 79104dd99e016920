// Windows for a given number of results: window i of n over an axis has elements floor(i length / n) to
// ceil((i + 1) length / n) - 1.
//
// Where n divides the length, these are ordinary windows. Else each window's elements are set side by side, with the last
// one twice in windows that are shorter than the longest: then ordinary windows lie over those.

import { ShapeError, UsageError } from "../base/errors.ts";
import { range } from "../base/integers.ts";
import type { Spec, Value } from "../graph/node.ts";
import { printShape, type Shape } from "../tensor/shape.ts";
import type { OutputSize } from "./adaptiveAvgPool2d.ts";
import { add } from "./add.ts";
import { alongAxis } from "./alongAxis.ts";
import { arangeNode } from "./arange.ts";
import { cast } from "./cast.ts";
import { div } from "./div.ts";
import { gather } from "./gather.ts";
import { minimum } from "./minimum.ts";
import { mul } from "./mul.ts";
import { type PoolAxis, requireSpatial } from "./poolAxes.ts";
import { remainder } from "./remainder.ts";
import { round } from "./round.ts";
import { requireEach } from "./slidingWindow.ts";
import { sub } from "./sub.ts";

/** One axis of x whose windows are not all alike. */
export interface UnevenAxis {
  readonly axis: number;
  readonly length: number;
  readonly output: number;
  /** Elements of the longest window. */
  readonly taps: number;
}

/** Products of two numbers below this stay below 2^31. */
const MOST_UNEVEN = 46340;

/** One size for each axis. Throws UsageError for one that is neither null nor a whole number of at least 1. */
export function requireOutputSize(op: string, rank: number, outputSize: OutputSize): (number | null)[] {
  return requireEach<number | null>(op, "outputSize", outputSize, rank, 1);
}

/** The sizes of the results. Throws ShapeError, DtypeError or UsageError where there are none. */
export function requireOutputs(op: string, x: Spec, rank: number, outputSize: OutputSize): number[] {
  const lengths = requireSpatial(op, x, rank);
  if (lengths.includes(0)) {
    throw new ShapeError(`${op}: x is ${printShape(x.shape)}; it must have elements in each channel.`);
  }
  const outputs = requireOutputSize(op, rank, outputSize).map((size, axis) => size ?? lengths[axis]);
  outputs.forEach((output, axis) => {
    if (lengths[axis] % output === 0 || output <= MOST_UNEVEN) return;
    throw new UsageError(
      `${op}: outputSize is ${output} for an axis of ${lengths[axis]}; it must be at most ${MOST_UNEVEN}, or divide it.`,
    );
  });
  return outputs;
}

/** The axes of x, whose number of axes before those is 2, on which windows are not all alike. */
export function unevenAxes({ shape }: Spec, outputs: Shape): UnevenAxis[] {
  const uneven = outputs.map((output, index) => ({ axis: index + 2, length: shape[index + 2], output }));
  return uneven
    .filter(({ length, output }) => length % output !== 0)
    .map((one) => ({ ...one, taps: longest(one.length, one.output) }));
}

function longest(length: number, output: number): number {
  const sizes = range(0, output).map(
    (i) => Math.ceil(((i + 1) * length) / output) - Math.floor((i * length) / output),
  );
  return sizes.reduce((a, b) => Math.max(a, b));
}

/** x with the elements of each window side by side on all `uneven` axes. */
export function sideBySide<T extends Value>(x: T, uneven: readonly UnevenAxis[]): T {
  return uneven.reduce((y, one) => {
    const { first, last, tap } = tapsOf(x, one);
    const places = minimum(add(first, tap), last);
    return gather(y, alongAxis(places, one.axis, y.shape), { axis: one.axis });
  }, x);
}

/** Of each element side by side: the ends of its window, and its place in there, counted from 0. [output * taps], i32. */
export function tapsOf<T extends Value>(x: T, one: UnevenAxis): { first: T; last: T; tap: T } {
  const counted = x.derive(arangeNode(one.output * one.taps, "i32"), [x]);
  return { ...endsOf(quotient(counted, one.taps), one), tap: remainder(counted, one.taps) };
}

/** The windows that are left to pool, one beside the other. */
export function adjoining({ shape }: Spec, outputs: Shape): PoolAxis[] {
  return outputs.map((output, index) => {
    const input = shape[index + 2];
    const kernel = input / output;
    return { kernel, stride: kernel, padding: 0, dilation: 1, input, output };
  });
}

/** The first and the last place of `window`, i32, counted from 0. */
export function endsOf<T extends Value>(
  window: T,
  { length, output }: Omit<UnevenAxis, "taps">,
): { first: T; last: T } {
  const whole = Math.floor(length / output);
  const rest = length % output;
  const from = mul(window, whole);
  // floor(((i + 1) length - 1) / output), as floor(i length / output), without whole windows, which would be large numbers.
  const parts = mul(window, rest);
  return {
    first: add(from, quotient(parts, output)),
    last: add(add(from, whole), quotient(add(parts, rest - 1), output)),
  };
}

/** floor(x / by) for x >= 0, exact as long as the result is below 2^21. */
function quotient<T extends Value>(x: T, by: number): T {
  return cast(round(div(sub(x, remainder(x, by)), by)), "i32");
}
