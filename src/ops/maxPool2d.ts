// maxPool2d: the largest element of each window; its gradient, and the gradient of that.

import type { Value } from "../graph/node.ts";
import {
  maxPool2dGather as gatherKernel,
  maxPool2dGradient as gradientKernel,
  maxPool2d as poolKernel,
} from "../kernels/pool2d.ts";
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
  gradient: ({ dy, inputs: [x], attrs, o }) => [o.maxPool2dGradient(x, dy, attrs)],
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
  gradient: ({ dy: g, inputs: [x], attrs, o }) => [undefined, o.maxPool2dGather(x, g, attrs)],
  dispatch: (_inputs, attrs, device) => gradientKernel(pool2dSizes(attrs), device),
});

const gatherRecord = defineKernel<Pool2dAttrs>({
  name: "maxPool2dGather",
  output: ([x], { output }) => ({ shape: output, dtype: x.dtype }),
  reference([x, g], attrs) {
    const y = hostZeros(attrs.output);
    forEachWindow(attrs, (at, places) => {
      const place = maximumPlace(x.data, places);
      y.data[at] = place === undefined ? 0 : g.data[place];
    });
    return y;
  },
  gradient: ({ dy, inputs: [x], attrs, o }) => [undefined, o.maxPool2dGradient(x, dy, attrs)],
  dispatch: (_inputs, attrs, device) => gatherKernel(pool2dSizes(attrs), device),
});

/**
 * The largest element of each window; padding counts as -infinity, NaN as the largest. x: [batch, channels, height,
 * width], f32 or f16. Of equal elements the first, row-major, gets the gradient, of
 * several NaN the last.
 * Throws ShapeError, DtypeError or UsageError where they do not fit. Source: torch.nn.functional.max_pool2d.
 */
export function maxPool2d<T extends Value>(
  x: T,
  kernelSize: Pair,
  options: Pool2dOptions & { readonly dilation?: Pair } = {},
): T {
  return apply(poolRecord, [x], requirePool2d("maxPool2d", x, kernelSize, options));
}

/** dL/dx for y = maxPool2d(x) with geometry `attrs`. */
export function maxPool2dGradient<T extends Value>(x: T, dy: T, attrs: Pool2dAttrs): T {
  return apply(gradientRecord, [x, dy], attrs);
}

/** g, which is like x, at the place of each window's maximum in x: the gradient of `maxPool2dGradient` for dy. */
export function maxPool2dGather<T extends Value>(x: T, g: T, attrs: Pool2dAttrs): T {
  return apply(gatherRecord, [x, g], attrs);
}
