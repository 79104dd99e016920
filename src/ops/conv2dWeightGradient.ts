// conv2dWeightGradient: dL/dw of a convolution, a sum over every position of every item of the batch.

import type { Value } from "../graph/node.ts";
import { conv2dWeightGradientSplits, conv2dWeightGradient as kernel } from "../kernels/conv2d.ts";
import { promote } from "../tensor/dtype.ts";
import { type HostArray, hostZeros } from "../tensor/hostArray.ts";
import { type Conv2dAttrs, conv2dSizes, forEachProduct } from "./conv2dShape.ts";
import { apply, defineKernel, type KernelOp, makeNode } from "./define.ts";

const record: KernelOp<Conv2dAttrs> = defineKernel<Conv2dAttrs>({
  name: "conv2dWeightGradient",
  output: ([dy, x], { weight }) => ({ shape: weight, dtype: promote(dy.dtype, x.dtype) }),
  reference: ([dy, x], attrs) => accumulate(dy, x, attrs),
  gradient: ({ dy: g, inputs: [dy, x], attrs, o }) => [
    o.conv2dOf(x, g, attrs),
    o.conv2dInputGradient(dy, g, attrs),
  ],
  expand({ inputs, attrs, o, device }) {
    const splits = conv2dWeightGradientSplits(conv2dSizes(attrs), device);
    if (splits === 1) return undefined;
    return o.sum(makeNode(splitRecord, inputs, { ...attrs, splits }), { axis: 0 });
  },
  dispatch: (_inputs, attrs, device) => kernel({ ...conv2dSizes(attrs), splits: 1 }, device),
});

/** The same in `splits` parts, to be added up: [splits, channels out, channels in / groups, kh, kw]. */
const splitRecord = defineKernel<Conv2dAttrs & { readonly splits: number }>({
  name: "conv2dWeightGradientSplit",
  output: (_inputs, { weight, splits }) => ({ shape: [splits, ...weight], dtype: "f32" }),
  reference([dy, x], attrs) {
    // Only the sum over the parts is defined; here the first part is all of it.
    const parts = hostZeros([attrs.splits, ...attrs.weight]);
    parts.data.set(accumulate(dy, x, attrs).data);
    return parts;
  },
  dispatch: (_inputs, attrs, device) => kernel({ ...conv2dSizes(attrs), splits: attrs.splits }, device),
});

function accumulate(dy: HostArray, x: HostArray, attrs: Conv2dAttrs): HostArray {
  const dw = hostZeros(attrs.weight);
  forEachProduct(attrs, (ix, iw, iy) => {
    dw.data[iw] += dy.data[iy] * x.data[ix];
  });
  return dw;
}

/** dL/dw for y = conv2d(x, w) with geometry `attrs`. dy: [batch, channels out, oh, ow]. */
export function conv2dWeightGradient<T extends Value>(dy: T, x: T, attrs: Conv2dAttrs): T {
  return apply(record, [dy, x], attrs);
}
