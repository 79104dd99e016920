// avgPool2d: the mean of each window, and its gradient.

import { product } from "../base/integers.ts";
import type { Value } from "../graph/node.ts";
import { avgPool2dGradient as gradientKernel, avgPool2d as poolKernel } from "../kernels/pool2d.ts";
import { hostZeros } from "../tensor/hostArray.ts";
import { apply, defineKernel } from "./define.ts";
import {
  forEachWindow,
  type Pool2dAttrs,
  type Pool2dOptions,
  pool2dSizes,
  requirePool2d,
} from "./pool2dShape.ts";
import type { Pair } from "./window.ts";

/** A pooling's geometry, and what each sum is divided by. */
export interface AvgPool2dAttrs extends Pool2dAttrs {
  readonly countIncludePad: boolean;
}

function divisor(
  { countIncludePad, window, input, output }: AvgPool2dAttrs,
  places: readonly number[],
  at: number,
): number {
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

const poolRecord = defineKernel<AvgPool2dAttrs>({
  name: "avgPool2d",
  output: ([x], { output }) => ({ shape: output, dtype: x.dtype }),
  reference([x], attrs) {
    const y = hostZeros(attrs.output);
    forEachWindow(attrs, (at, places) => {
      y.data[at] = places.reduce((total, place) => total + x.data[place], 0) / divisor(attrs, places, at);
    });
    return y;
  },
  gradient: ({ dy, attrs, o }) => [o.avgPool2dGradient(dy, attrs)],
  dispatch: (_inputs, attrs, device) =>
    poolKernel({ ...pool2dSizes(attrs), countIncludePad: attrs.countIncludePad }, device),
});

const gradientRecord = defineKernel<AvgPool2dAttrs>({
  name: "avgPool2dGradient",
  output: ([dy], { input }) => ({ shape: input, dtype: dy.dtype }),
  reference([dy], attrs) {
    const dx = hostZeros(attrs.input);
    forEachWindow(attrs, (at, places) => {
      for (const place of places) dx.data[place] += dy.data[at] / divisor(attrs, places, at);
    });
    return dx;
  },
  gradient: ({ dy: g, attrs, o }) => [o.avgPool2dOf(g, attrs)],
  dispatch: (_inputs, attrs, device) =>
    gradientKernel({ ...pool2dSizes(attrs), countIncludePad: attrs.countIncludePad }, device),
});

/**
 * The mean of each window; with `countIncludePad` (default) zeros of the padding count. x: [batch, channels, height,
 * width], f32 or f16. Throws ShapeError, DtypeError or UsageError where they do not fit.
 * Source: torch.nn.functional.avg_pool2d.
 */
export function avgPool2d<T extends Value>(
  x: T,
  kernelSize: Pair,
  { countIncludePad = true, ...options }: Pool2dOptions & { readonly countIncludePad?: boolean } = {},
): T {
  return avgPool2dOf(x, { ...requirePool2d("avgPool2d", x, kernelSize, options), countIncludePad });
}

/** The pooling itself, by attributes that were checked before. */
export function avgPool2dOf<T extends Value>(x: T, attrs: AvgPool2dAttrs): T {
  return apply(poolRecord, [x], attrs);
}

/** dL/dx for y = avgPool2d(x) with geometry `attrs`. */
export function avgPool2dGradient<T extends Value>(dy: T, attrs: AvgPool2dAttrs): T {
  return apply(gradientRecord, [dy], attrs);
}
