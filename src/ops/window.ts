// Windows that slide over the last two axes: the sizes that convolution and pooling share, checked once.

import { ShapeError, UsageError } from "../base/errors.ts";

/** One number for both axes, or [y, x]. */
export type Pair = number | readonly [y: number, x: number];

/** A window's size and steps on both axes. */
export interface Window {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
  readonly dilation: readonly [number, number];
}

/** Both entries of a pair. Throws UsageError unless they are whole numbers of at least `least`. */
export function requirePair(op: string, name: string, pair: Pair, least: number): readonly [number, number] {
  const both: readonly [number, number] = typeof pair === "number" ? [pair, pair] : pair;
  for (const value of both) {
    if (!Number.isInteger(value) || value < least) {
      throw new UsageError(`${op}: ${name} is ${value}; it must be a whole number of at least ${least}.`);
    }
  }
  return both;
}

/** Positions of the window along both axes. Throws ShapeError where the padded input is smaller than the window. */
export function windowPositions(
  op: string,
  input: readonly [number, number],
  window: Window,
): [number, number] {
  const count = (axis: 0 | 1) => {
    const reach = window.dilation[axis] * (window.kernel[axis] - 1) + 1;
    const padded = input[axis] + 2 * window.padding[axis];
    if (padded < reach) {
      throw new ShapeError(
        `${op}: the window covers ${reach} of axis ${axis - 2}, which has ${input[axis]} (${padded} with padding); it must fit in.`,
      );
    }
    return Math.floor((padded - reach) / window.stride[axis]) + 1;
  };
  return [count(0), count(1)];
}

/** The window, each field of both axes as the kernels name it. */
export function windowFields({ kernel, stride, padding, dilation }: Window) {
  return {
    kernelHeight: kernel[0],
    kernelWidth: kernel[1],
    strideY: stride[0],
    strideX: stride[1],
    paddingY: padding[0],
    paddingX: padding[1],
    dilationY: dilation[0],
    dilationX: dilation[1],
  };
}
