// conv2d: y = x * w (cross-correlation), the forward direction.

import type { Value } from "../graph/node.ts";
import { conv2dForward } from "../kernels/conv2d.ts";
import { conv2dChoices } from "../kernels/conv2dChoices.ts";
import { promote } from "../tensor/dtype.ts";
import { hostZeros } from "../tensor/hostArray.ts";
import { conv2dInputGradient } from "./conv2dInputGradient.ts";
import {
  type Conv2dAttrs,
  conv2dAttrs,
  conv2dSizes,
  filterMatrix,
  forEachProduct,
  isMatrixProduct,
  pixelMatrices,
} from "./conv2dShape.ts";
import {
  conv2dParameters,
  conv2dWeightAndBiasGradient,
  conv2dWeightGradient,
} from "./conv2dWeightGradient.ts";
import { addBias, type ConvOptions, requireConv } from "./convGeometry.ts";
import { apply, defineKernel, type KernelOp } from "./define.ts";
import { matmul } from "./matmul.ts";
import { reshape } from "./reshape.ts";
import { sum } from "./sum.ts";

/** How the filter moves. Pairs are [y, x]. */
export type Conv2dOptions<T extends Value> = ConvOptions<T, readonly [y: number, x: number]>;

/**
 * y = x * w, and plus a bias where that is a third input. The bias is added after the kernel, as if it stood in the graph
 * by itself; here it makes its gradient come with that of w, which is a sum over the same dy.
 */
const record: KernelOp<Conv2dAttrs> = defineKernel<Conv2dAttrs>({
  name: "conv2d",
  output: ([x, w], { output }) => ({ shape: output, dtype: promote(x.dtype, w.dtype) }),
  reference([x, w, bias], attrs) {
    const y = hostZeros(attrs.output);
    const [, channels, height, width] = attrs.output;
    if (bias !== undefined) {
      y.data.forEach((_, index) => {
        y.data[index] = bias.data[Math.floor(index / (height * width)) % channels];
      });
    }
    forEachProduct(attrs, (ix, iw, iy) => {
      y.data[iy] += x.data[ix] * w.data[iw];
    });
    return y;
  },
  gradient({ dy, inputs: [x, w, bias], attrs, wanted }) {
    const dx = conv2dInputGradient(dy, w, attrs);
    if (bias === undefined || !wanted[2]) return [dx, conv2dWeightGradient(dy, x, attrs), undefined];
    if (!wanted[1] || isMatrixProduct(attrs)) {
      return [dx, conv2dWeightGradient(dy, x, attrs), sum(dy, { axis: [0, 2, 3] })];
    }
    const packed = conv2dParameters(conv2dWeightAndBiasGradient(dy, x, attrs), attrs);
    return [dx, packed.weight, packed.bias];
  },
  expand({ inputs: [x, w, bias], attrs }) {
    if (bias !== undefined) return addBias(conv2dOf(x, w, attrs), bias);
    if (!isMatrixProduct(attrs)) return undefined;
    return reshape(matmul(filterMatrix(w), pixelMatrices(x)), attrs.output);
  },
  dispatch: (_inputs, attrs, device) => conv2dForward(conv2dSizes(attrs), device),
  choices: (_inputs, attrs, device) => conv2dChoices(conv2dSizes(attrs), device),
});

/**
 * The cross-correlation of x with w. x: [batch, channels in, height, width], w: [channels out, channels in / groups,
 * kernel height, kernel width], f32 or f16; y: [batch, channels out, height', width'] with
 * height' = floor((height + before + after - dilation (kernel - 1) - 1) / stride) + 1. No padding costs a copy.
 * Throws ShapeError, DtypeError or UsageError where they do not fit. Source: torch.nn.functional.conv2d, which has no
 * [before, after].
 */
export function conv2d<T extends Value>(x: T, w: T, options: Conv2dOptions<T> = {}): T {
  const { axes, groups } = requireConv("conv2d", x, w, options, 2);
  const [batch, channels] = x.shape;
  return conv2dOf(x, w, conv2dAttrs(batch, channels, w.shape[0], axes, groups), options.bias);
}

/** The convolution itself, by attributes that were checked before. */
export function conv2dOf<T extends Value>(x: T, w: T, attrs: Conv2dAttrs, bias?: T): T {
  if (bias === undefined) return apply(record, [x, w], attrs);
  // A bias of another dtype has a gradient of its own.
  const isAlike = bias.dtype === promote(x.dtype, w.dtype);
  return isAlike ? apply(record, [x, w, bias], attrs) : addBias(apply(record, [x, w], attrs), bias);
}
