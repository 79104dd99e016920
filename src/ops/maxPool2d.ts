// maxPool1d, maxPool2d, maxPool3d: the largest element of each window; its gradient, and the gradient of that.

import type { Value } from "../graph/node.ts";
import {
  maxPool2dGather as gatherKernel,
  maxPool2dGradient as gradientKernel,
  maxPool2d as poolKernel,
} from "../kernels/pool2d.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { hostZeros } from "../tensor/hostArray.ts";
import { apply, defineKernel } from "./define.ts";
import { forEachWindow, type Pool2dAttrs, pool2dSizes } from "./pool2dShape.ts";
import {
  type PoolAxis,
  pooledShape,
  poolSteps,
  requirePool,
  type Single,
  type Sizes,
  type Triple,
} from "./poolAxes.ts";
import { reshape } from "./reshape.ts";
import type { Pair } from "./window.ts";

/** How windows move. */
export interface PoolOptions<S extends Sizes> {
  /** Default: the kernel size. */
  readonly stride?: S;
  /** At most half of the kernel size. Default 0. */
  readonly padding?: S;
  /**
   * Whether a last window may reach beyond the end, as long as it begins within x or the padding before it. Default false.
   */
  readonly ceilMode?: boolean;
}

/** How windows of maxima move. */
export interface MaxPoolOptions<S extends Sizes> extends PoolOptions<S> {
  /** The distance of a window's elements. Default 1. */
  readonly dilation?: S;
}

/** The place of the first maximum, row-major, or of the last NaN; undefined where there is only padding. */
function maximumPlace(data: Float64Array, places: readonly number[]): number | undefined {
  let best: number | undefined;
  for (const place of places) {
    if (best === undefined || data[place] > data[best] || Number.isNaN(data[place])) best = place;
  }
  return best;
}

const poolRecord = defineKernel<Pool2dAttrs>({
  name: "maxPool2d",
  output: ([x], { output }) => ({ shape: output, dtype: x.dtype }),
  reference([x], attrs) {
    const y = hostZeros(attrs.output);
    forEachWindow(attrs, (at, places) => {
      const place = maximumPlace(x.data, places);
      y.data[at] = place === undefined ? Number.NEGATIVE_INFINITY : x.data[place];
    });
    return y;
  },
  gradient: ({ dy, inputs: [x], attrs }) => [maxPool2dGradient(x, dy, attrs)],
  dispatch: (_inputs, attrs, device) => poolKernel(pool2dSizes(attrs), device),
});

const gradientRecord = defineKernel<Pool2dAttrs>({
  name: "maxPool2dGradient",
  output: ([x]) => x,
  reference([x, dy], attrs) {
    const dx = hostZeros(attrs.input);
    forEachWindow(attrs, (at, places) => {
      const place = maximumPlace(x.data, places);
      if (place !== undefined) dx.data[place] += dy.data[at];
    });
    return dx;
  },
  gradient: ({ dy: g, inputs: [x], attrs }) => [undefined, maxPool2dGather(x, g, attrs)],
  dispatch: (_inputs, attrs, device) => gradientKernel(pool2dSizes(attrs), device),
});

const gatherRecord = defineKernel<Pool2dAttrs>({
  name: "maxPool2dGather",
  output: ([, g], { output }) => ({ shape: output, dtype: g.dtype }),
  reference([x, g], attrs) {
    const y = hostZeros(attrs.output);
    forEachWindow(attrs, (at, places) => {
      const place = maximumPlace(x.data, places);
      y.data[at] = place === undefined ? 0 : g.data[place];
    });
    return y;
  },
  gradient: ({ dy, inputs: [x], attrs }) => [undefined, maxPool2dGradient(x, dy, attrs)],
  dispatch: (_inputs, attrs, device) => gatherKernel(pool2dSizes(attrs), device),
});

/**
 * The largest element of each window, as `maxPool2d` has it. x: [batch, channels, length], f32 or f16. Throws ShapeError,
 * DtypeError or UsageError where they do not fit. Source: torch.nn.functional.max_pool1d.
 */
export function maxPool1d<T extends Value>(
  x: T,
  kernelSize: Single,
  options: MaxPoolOptions<Single> = {},
): T {
  requireTensor("maxPool1d", "x", x);
  return maxPoolOver(x, requirePool("maxPool1d", x, 1, kernelSize, options));
}

/**
 * The largest element of each window; padding counts as -infinity, NaN as the largest. x: [batch, channels, height,
 * width], f32 or f16. Of equal elements the first, row-major, gets the gradient, of several NaN the last.
 * Throws ShapeError, DtypeError or UsageError where they do not fit. Source: torch.nn.functional.max_pool2d.
 */
export function maxPool2d<T extends Value>(x: T, kernelSize: Pair, options: MaxPoolOptions<Pair> = {}): T {
  requireTensor("maxPool2d", "x", x);
  return maxPoolOver(x, requirePool("maxPool2d", x, 2, kernelSize, options));
}

/**
 * The largest element of each window, as `maxPool2d` has it. x: [batch, channels, depth, height, width], f32 or f16. Throws
 * ShapeError, DtypeError or UsageError where they do not fit. Source: torch.nn.functional.max_pool3d.
 */
export function maxPool3d<T extends Value>(
  x: T,
  kernelSize: Triple,
  options: MaxPoolOptions<Triple> = {},
): T {
  requireTensor("maxPool3d", "x", x);
  return maxPoolOver(x, requirePool("maxPool3d", x, 3, kernelSize, options));
}

/** The largest element of each window of `axes`, which were checked before. */
export function maxPoolOver<T extends Value>(x: T, axes: readonly PoolAxis[]): T {
  let y = x;
  for (const attrs of poolSteps(x, axes)) y = apply(poolRecord, [reshape(y, attrs.input)], attrs);
  return reshape(y, pooledShape(x, axes));
}

/** g, which has x's shape, at the place of each window's maximum in x. */
export function maxPoolGather<T extends Value>(x: T, g: T, axes: readonly PoolAxis[]): T {
  let largest = x;
  let y = g;
  for (const attrs of poolSteps(x, axes)) {
    const planes = reshape(largest, attrs.input);
    y = maxPool2dGather(planes, reshape(y, attrs.input), attrs);
    largest = apply(poolRecord, [planes], attrs);
  }
  return reshape(y, pooledShape(x, axes));
}

/** dL/dx for y = maxPool2d(x) with geometry `attrs`. */
export function maxPool2dGradient<T extends Value>(x: T, dy: T, attrs: Pool2dAttrs): T {
  return apply(gradientRecord, [x, dy], attrs);
}

/** g, which is like x, at the place of each window's maximum in x: the gradient of `maxPool2dGradient` for dy. */
export function maxPool2dGather<T extends Value>(x: T, g: T, attrs: Pool2dAttrs): T {
  return apply(gatherRecord, [x, g], attrs);
}
