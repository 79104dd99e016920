// batchNormWeightGradient: dL/dweight and dL/dbias of batchNorm in training, packed, as both are sums over the same
// values; dL/dx needs them too.

import { InternalError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { constantNode } from "../graph/source.ts";
import { type BatchNormSizes, batchNormSlabs, batchNormSums } from "../kernels/batchNorm.ts";
import { hostZeros } from "../tensor/hostArray.ts";
import {
  type BatchNormAttrs,
  channelSizes,
  composeChannels,
  MOMENTS,
  measureChannels,
} from "./batchStatistics.ts";
import { apply, defineKernel, type KernelOp, makeNode } from "./define.ts";

const record: KernelOp<BatchNormAttrs> = defineKernel<BatchNormAttrs>({
  name: "batchNormWeightGradient",
  output: ([x]) => ({ shape: [2, channelSizes(x).channels], dtype: "f32" }),
  reference([x, dy], attrs) {
    const { channels, length } = channelSizes(x);
    const { means, scales } = measureChannels(x, attrs);
    const dw = hostZeros([2, channels]);
    dy.data.forEach((pull, index) => {
      const channel = Math.floor(index / length) % channels;
      dw.data[channel] += pull * (x.data[index] - means[channel]) * scales[channel];
      dw.data[channels + channel] += pull;
    });
    return dw;
  },
  compose({ inputs: [x, dy], attrs, o }) {
    const { values } = composeChannels(x, attrs, o);
    const pull = o.cast(dy, "f32");
    const total = (value: typeof pull) =>
      o.reshape(o.sum(value, { axis: [0, 2] }), [1, channelSizes(x).channels]);
    return o.concat([total(o.mul(pull, values)), total(pull)]);
  },
  expand({ node, inputs: [x, dy], attrs, o, device }) {
    const sizes = channelSizes(x);
    if (sizes.count === 0) return constantNode(0, node.dtype, node.shape);
    const slabs = batchNormSlabs(sizes, device);
    const parts = makeNode(slabsRecord, [x, dy, o.batchStatistics(x, attrs)], { ...sizes, slabs });
    return slabs === 1 ? o.reshape(parts, node.shape) : o.sum(parts, { axis: 0 });
  },
  dispatch: () => {
    throw new InternalError("batchNormWeightGradient was not expanded");
  },
});

/** The same for each slab of values, to be added up, from x, dy and the statistics of x: [slabs, 2, channels]. */
const slabsRecord = defineKernel<BatchNormSizes>({
  name: "batchNormSums",
  output: (_inputs, { slabs, channels }) => ({ shape: [slabs, 2, channels], dtype: "f32" }),
  reference([x, dy, statistics], { slabs, channels }) {
    // Only the sum over the slabs is defined; here the first slab is all of it.
    const dw = hostZeros([slabs, 2, channels]);
    const row = (index: number) => statistics.data.subarray(index * channels, (index + 1) * channels);
    const [centers, drifts, scales] = [MOMENTS.center, MOMENTS.drift, MOMENTS.scale].map(row);
    dy.data.forEach((pull, index) => {
      const channel = Math.floor(index / x.shape[2]) % channels;
      dw.data[channel] += pull * (x.data[index] - centers[channel] - drifts[channel]) * scales[channel];
      dw.data[channels + channel] += pull;
    });
    return dw;
  },
  dispatch: (_inputs, attrs, device) => batchNormSums(attrs, device),
});

/** [dL/dweight, dL/dbias] for y = normalised x * w + b, f32 [2, channels]. x, dy: [batch, channels, length]. */
export function batchNormWeightGradient<T extends Value>(x: T, dy: T, { eps }: BatchNormAttrs): T {
  return apply(record, [x, dy], { eps });
}
