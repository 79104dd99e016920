// avgPool1d, avgPool2d, avgPool3d: the mean of each window, and its gradient.

import { product } from "../base/integers.ts";
import type { Value } from "../graph/node.ts";
import {
  type AvgPool2dSizes,
  avgPool2dGradient as gradientKernel,
  avgPool2d as poolKernel,
} from "../kernels/pool2d.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { hostZeros } from "../tensor/hostArray.ts";
import { apply, defineKernel } from "./define.ts";
import type { PoolOptions } from "./maxPool2d.ts";
import { forEachWindow, type Pool2dAttrs, pool2dSizes } from "./pool2dShape.ts";
import {
  type PoolAxis,
  pooledShape,
  poolSteps,
  requireDivisor,
  requirePool,
  type Single,
  type Sizes,
  type Triple,
} from "./poolAxes.ts";
import { reshape } from "./reshape.ts";
import type { Pair } from "./window.ts";

/** What sums of windows are divided by. */
export interface AvgPoolDivisor {
  /** Whether the zeros of the padding count as elements; what lies beyond the padding never does. Default true. */
  readonly countIncludePad?: boolean;
  /** What sums are divided by, in the place of the number of elements. A whole number of at least 1. */
  readonly divisorOverride?: number;
}

/** How windows of means move, and what their sums are divided by. */
export interface AvgPoolOptions<S extends Sizes> extends PoolOptions<S>, AvgPoolDivisor {}

/** A pooling's geometry, and what each sum is divided by. */
export interface AvgPool2dAttrs extends Pool2dAttrs {
  readonly countIncludePad: boolean;
  /** In the place of the number of elements. */
  readonly divisor?: number;
}

function divisorOf(
  { countIncludePad, divisor, window, input, output }: AvgPool2dAttrs,
  places: readonly number[],
  at: number,
): number {
  if (divisor !== undefined) return divisor;
  if (!countIncludePad) return places.length;
  // As in PyTorch, the window counts as far as it lies within the padded input.
  const positions = [Math.floor(at / output[3]) % output[2], at % output[3]];
  return product(
    positions.map((position, axis) => {
      const from = position * window.stride[axis] - window.padding[axis];
      return Math.min(from + window.kernel[axis], input[axis + 2] + window.padding[axis]) - from;
    }),
  );
}

function sizesOf(attrs: AvgPool2dAttrs): AvgPool2dSizes {
  return { ...pool2dSizes(attrs), countIncludePad: attrs.countIncludePad, divisor: attrs.divisor };
}

const poolRecord = defineKernel<AvgPool2dAttrs>({
  name: "avgPool2d",
  output: ([x], { output }) => ({ shape: output, dtype: x.dtype }),
  reference([x], attrs) {
    const y = hostZeros(attrs.output);
    forEachWindow(attrs, (at, places) => {
      y.data[at] = places.reduce((total, place) => total + x.data[place], 0) / divisorOf(attrs, places, at);
    });
    return y;
  },
  gradient: ({ dy, attrs }) => [avgPool2dGradient(dy, attrs)],
  dispatch: (_inputs, attrs, device) => poolKernel(sizesOf(attrs), device),
});

const gradientRecord = defineKernel<AvgPool2dAttrs>({
  name: "avgPool2dGradient",
  output: ([dy], { input }) => ({ shape: input, dtype: dy.dtype }),
  reference([dy], attrs) {
    const dx = hostZeros(attrs.input);
    forEachWindow(attrs, (at, places) => {
      for (const place of places) dx.data[place] += dy.data[at] / divisorOf(attrs, places, at);
    });
    return dx;
  },
  gradient: ({ dy: g, attrs }) => [avgPool2dOf(g, attrs)],
  dispatch: (_inputs, attrs, device) => gradientKernel(sizesOf(attrs), device),
});

/**
 * The mean of each window, as `avgPool2d` has it. x: [batch, channels, length], f32 or f16. Throws ShapeError, DtypeError
 * or UsageError where they do not fit. Source: torch.nn.functional.avg_pool1d, with a divisorOverride beside.
 */
export function avgPool1d<T extends Value>(
  x: T,
  kernelSize: Single,
  options: AvgPoolOptions<Single> = {},
): T {
  requireTensor("avgPool1d", "x", x);
  return avgPoolOver(x, requireAvgPool("avgPool1d", x, 1, kernelSize, options), options);
}

/**
 * The mean of each window; with `countIncludePad` (default) zeros of the padding count. x: [batch, channels, height,
 * width], f32 or f16. Throws ShapeError, DtypeError or UsageError where they do not fit.
 * Source: torch.nn.functional.avg_pool2d.
 */
export function avgPool2d<T extends Value>(x: T, kernelSize: Pair, options: AvgPoolOptions<Pair> = {}): T {
  requireTensor("avgPool2d", "x", x);
  return avgPoolOver(x, requireAvgPool("avgPool2d", x, 2, kernelSize, options), options);
}

/**
 * The mean of each window, as `avgPool2d` has it. x: [batch, channels, depth, height, width], f32 or f16. Throws ShapeError,
 * DtypeError or UsageError where they do not fit. Source: torch.nn.functional.avg_pool3d.
 */
export function avgPool3d<T extends Value>(
  x: T,
  kernelSize: Triple,
  options: AvgPoolOptions<Triple> = {},
): T {
  requireTensor("avgPool3d", "x", x);
  return avgPoolOver(x, requireAvgPool("avgPool3d", x, 3, kernelSize, options), options);
}

function requireAvgPool<S extends Sizes>(
  op: string,
  x: Value,
  rank: number,
  kernelSize: S,
  { stride, padding, ceilMode, divisorOverride }: AvgPoolOptions<S>,
): PoolAxis[] {
  requireDivisor(op, divisorOverride);
  return requirePool(op, x, rank, kernelSize, { stride, padding, ceilMode });
}

/** The mean of each window of `axes`, which were checked before. */
export function avgPoolOver<T extends Value>(
  x: T,
  axes: readonly PoolAxis[],
  { countIncludePad = true, divisorOverride }: AvgPoolDivisor,
): T {
  let y = x;
  const steps = poolSteps(x, axes);
  steps.forEach((step, index) => {
    // All but the last step of what is divided by a number in the end give sums.
    const divisor = divisorOverride && (index < steps.length - 1 ? 1 : divisorOverride);
    y = avgPool2dOf(reshape(y, step.input), { ...step, countIncludePad, divisor });
  });
  return reshape(y, pooledShape(x, axes));
}

/** The pooling itself, by attributes that were checked before. */
export function avgPool2dOf<T extends Value>(x: T, attrs: AvgPool2dAttrs): T {
  return apply(poolRecord, [x], attrs);
}

/** dL/dx for y = avgPool2d(x) with geometry `attrs`. */
export function avgPool2dGradient<T extends Value>(dy: T, attrs: AvgPool2dAttrs): T {
  return apply(gradientRecord, [dy], attrs);
}
