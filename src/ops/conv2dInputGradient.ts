// conv2dInputGradient: dL/dx of a convolution, which is a transposed convolution of dy.

import type { Value } from "../graph/node.ts";
import { conv2dInputGradient as kernel } from "../kernels/conv2d.ts";
import { conv2dInputGradientChoices } from "../kernels/conv2dChoices.ts";
import { promote } from "../tensor/dtype.ts";
import { hostZeros } from "../tensor/hostArray.ts";
import { conv2dOf } from "./conv2d.ts";
import {
  type Conv2dAttrs,
  conv2dSizes,
  filterMatrix,
  forEachProduct,
  isMatrixProduct,
  pixelMatrices,
} from "./conv2dShape.ts";
import { conv2dWeightGradient } from "./conv2dWeightGradient.ts";
import { apply, defineKernel, type KernelOp } from "./define.ts";
import { matmul } from "./matmul.ts";
import { transpose } from "./permute.ts";
import { reshape } from "./reshape.ts";

const record: KernelOp<Conv2dAttrs> = defineKernel<Conv2dAttrs>({
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
  gradient: ({ dy: g, inputs: [dy, w], attrs }) => [
    conv2dOf(g, w, attrs),
    conv2dWeightGradient(dy, g, attrs),
  ],
  expand({ inputs: [dy, w], attrs }) {
    if (!isMatrixProduct(attrs)) return undefined;
    return reshape(matmul(transpose(filterMatrix(w)), pixelMatrices(dy)), attrs.input);
  },
  dispatch: (_inputs, attrs, device) => kernel(conv2dSizes(attrs), device),
  choices: (_inputs, attrs, device) => conv2dInputGradientChoices(conv2dSizes(attrs), device),
});

/** dL/dx for y = conv2d(x, w) with geometry `attrs`. dy: [batch, channels out, oh, ow]. */
export function conv2dInputGradient<T extends Value>(dy: T, w: T, attrs: Conv2dAttrs): T {
  return apply(record, [dy, w], attrs);
}
