// conv2dInputGradient: dL/dx of a convolution, which is a transposed convolution of dy.

import type { Value } from "../graph/node.ts";
import { conv2dInputGradient as kernel } from "../kernels/conv2d.ts";
import { promote } from "../tensor/dtype.ts";
import { hostZeros } from "../tensor/hostArray.ts";
import { type Conv2dAttrs, conv2dSizes, forEachProduct } from "./conv2dShape.ts";
import { apply, defineKernel } from "./define.ts";

const record = defineKernel<Conv2dAttrs>({
  name: "conv2dInputGradient",
  output: ([dy, w], { input }) => ({ shape: input, dtype: promote(dy.dtype, w.dtype) }),
  reference([dy, w], attrs) {
    const dx = hostZeros(attrs.input);
    forEachProduct(attrs, (ix, iw, iy) => {
      dx.data[ix] += dy.data[iy] * w.data[iw];
    });
    return dx;
  },
  // Linear in both: the gradient for dy is the convolution, that for w the weight gradient with dx's in the place of x.
  gradient: ({ dy: g, inputs: [dy, w], attrs, o }) => [
    o.conv2dOf(g, w, attrs),
    o.conv2dWeightGradient(dy, g, attrs),
  ],
  dispatch: (_inputs, attrs, device) => kernel(conv2dSizes(attrs), device),
});

/** dL/dx for y = conv2d(x, w) with geometry `attrs`. dy: [batch, channels out, oh, ow]. */
export function conv2dInputGradient<T extends Value>(dy: T, w: T, attrs: Conv2dAttrs): T {
  return apply(record, [dy, w], attrs);
}
