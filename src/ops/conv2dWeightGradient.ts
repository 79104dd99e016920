// conv2dWeightGradient: dL/dw of a convolution, a sum over every position of every item of the batch; and dL/dbias packed
// with it, the sum of dy over the same positions. Parts of both are added up by one launch, not only made by one.

import { product } from "../base/integers.ts";
import type { Node, Value } from "../graph/node.ts";
import { conv2dWeightGradientChoices } from "../kernels/conv2dChoices.ts";
import {
  type Conv2dSplitSizes,
  conv2dWeightGradientSplits,
  conv2dWeightGradient as kernel,
} from "../kernels/conv2dWeightGradient.ts";
import { promote } from "../tensor/dtype.ts";
import { type HostArray, hostZeros } from "../tensor/hostArray.ts";
import type { Shape } from "../tensor/shape.ts";
import { concat } from "./concat.ts";
import { conv2dOf } from "./conv2d.ts";
import { conv2dInputGradient } from "./conv2dInputGradient.ts";
import {
  type Conv2dAttrs,
  conv2dSizes,
  forEachProduct,
  isMatrixProduct,
  pixelMatrices,
} from "./conv2dShape.ts";
import { apply, defineKernel, type KernelOp, makeNode } from "./define.ts";
import { matmul } from "./matmul.ts";
import { partOf } from "./partOf.ts";
import { transpose } from "./permute.ts";
import { reshape } from "./reshape.ts";
import { sum } from "./sum.ts";

/** With `bias`, dL/dbias stands behind dL/dw, and all of it is flat. */
interface WeightAttrs extends Conv2dAttrs {
  readonly bias?: true;
}

interface SplitAttrs extends WeightAttrs {
  readonly splits: number;
}

function resultShape({ weight, bias }: WeightAttrs): Shape {
  return bias === undefined ? weight : [product(weight) + weight[0]];
}

function splitSizes({ splits, bias, ...attrs }: SplitAttrs): Conv2dSplitSizes {
  return { ...conv2dSizes(attrs), splits, sums: bias ?? false };
}

const record: KernelOp<WeightAttrs> = defineKernel<WeightAttrs>({
  name: "conv2dWeightGradient",
  output: ([dy, x], attrs) => ({ shape: resultShape(attrs), dtype: promote(dy.dtype, x.dtype) }),
  reference: ([dy, x], attrs) => accumulate(dy, x, attrs),
  gradient({ dy: g, inputs: [dy, x], attrs: { bias, ...attrs } }) {
    if (bias === undefined) return [conv2dOf(x, g, attrs), conv2dInputGradient(dy, g, attrs)];
    const { weight, bias: level } = conv2dParameters(g, attrs);
    return [conv2dOf(x, weight, attrs, level), conv2dInputGradient(dy, weight, attrs)];
  },
  expand({ inputs, attrs, device }) {
    if (isMatrixProduct(attrs)) return multiplied(inputs, attrs);
    const splits = conv2dWeightGradientSplits(conv2dSizes(attrs), device, attrs.bias);
    if (splits === 1) return undefined;
    return sum(makeNode(splitRecord, inputs, { ...attrs, splits }), { axis: 0 });
  },
  dispatch: (_inputs, attrs, device) => kernel(splitSizes({ ...attrs, splits: 1 }), device),
  choices: (_inputs, attrs, device) =>
    conv2dWeightGradientChoices(splitSizes({ ...attrs, splits: 1 }), device),
});

/** The same in `splits` parts, to be added up: [splits, channels out, channels in / groups, kh, kw], or flat with a bias. */
const splitRecord = defineKernel<SplitAttrs>({
  name: "conv2dWeightGradientSplit",
  output: (_inputs, attrs) => ({ shape: [attrs.splits, ...resultShape(attrs)], dtype: "f32" }),
  reference([dy, x], attrs) {
    // Only the sum over the parts is defined; here the first part is all of it.
    const parts = hostZeros([attrs.splits, ...resultShape(attrs)]);
    parts.data.set(accumulate(dy, x, attrs).data);
    return parts;
  },
  dispatch: (_inputs, attrs, device) => kernel(splitSizes(attrs), device),
  choices: (_inputs, attrs, device) => conv2dWeightGradientChoices(splitSizes(attrs), device),
});

/** Of a pointwise convolution. */
function multiplied([dy, x]: readonly Node[], attrs: WeightAttrs): Node {
  const weight = sum(matmul(pixelMatrices(dy), transpose(pixelMatrices(x))), { axis: 0 });
  if (attrs.bias === undefined) return reshape(weight, attrs.weight);
  return concat([reshape(weight, [product(attrs.weight)]), sum(dy, { axis: [0, 2, 3] })]);
}

function accumulate(dy: HostArray, x: HostArray, attrs: WeightAttrs): HostArray {
  const dw = hostZeros(resultShape(attrs));
  forEachProduct(attrs, (ix, iw, iy) => {
    dw.data[iw] += dy.data[iy] * x.data[ix];
  });
  if (attrs.bias === undefined) return dw;
  const [, channels, height, width] = attrs.output;
  dy.data.forEach((value, index) => {
    dw.data[product(attrs.weight) + (Math.floor(index / (height * width)) % channels)] += value;
  });
  return dw;
}

/** What stands in the result of `conv2dWeightAndBiasGradient`. */
export function conv2dParameters<T extends Value>(
  packed: T,
  { weight }: Conv2dAttrs,
): { weight: T; bias: T } {
  return {
    weight: partOf(packed, { start: 0, shape: weight }),
    bias: partOf(packed, { start: product(weight), shape: weight.slice(0, 1) }),
  };
}

/** dL/dw and, behind it, dL/dbias for y = conv2d(x, w) + bias with geometry `attrs`, flat. dy: [batch, channels out, oh, ow]. */
export function conv2dWeightAndBiasGradient<T extends Value>(dy: T, x: T, attrs: Conv2dAttrs): T {
  return apply(record, [dy, x], { ...attrs, bias: true });
}

/** dL/dw for y = conv2d(x, w) with geometry `attrs`. dy: [batch, channels out, oh, ow]. */
export function conv2dWeightGradient<T extends Value>(dy: T, x: T, attrs: Conv2dAttrs): T {
  return apply(record, [dy, x], attrs);
}
