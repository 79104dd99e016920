// batchNormWeightGradient: dL/dweight and dL/dbias of norms that measure channels or groups of them, packed, as both are
// sums over the same values; dL/dx needs these sums too.

import { InternalError } from "../base/errors.ts";
import type { Node, Value } from "../graph/node.ts";
import { constantNode } from "../graph/source.ts";
import {
  type BatchNormSizes,
  batchNormSlabs,
  batchNormSums,
  type ChannelGroups,
} from "../kernels/batchNorm.ts";
import type { DeviceProfile } from "../kernels/kernel.ts";
import { hostZeros } from "../tensor/hostArray.ts";
import {
  type BatchNormAttrs,
  channelSizes,
  composeChannels,
  kernelSizes,
  MOMENTS,
  measureChannels,
  placeOf,
  statisticsOf,
} from "./batchStatistics.ts";
import { cast } from "./cast.ts";
import { concat } from "./concat.ts";
import { apply, defineKernel, type KernelOp, makeNode } from "./define.ts";
import { mul } from "./mul.ts";
import { reshape } from "./reshape.ts";
import { sum } from "./sum.ts";

const record: KernelOp<BatchNormAttrs> = defineKernel<BatchNormAttrs>({
  name: "batchNormWeightGradient",
  output: ([x]) => ({ shape: [2, channelSizes(x).channels], dtype: "f32" }),
  reference([x, dy], attrs) {
    const { channels } = channelSizes(x);
    const { means, scales } = measureChannels(x, attrs);
    const place = placeOf(x, attrs);
    const dw = hostZeros([2, channels]);
    dy.data.forEach((pull, index) => {
      const { moment, channel } = place(index);
      dw.data[channel] += pull * (x.data[index] - means[moment]) * scales[moment];
      dw.data[channels + channel] += pull;
    });
    return dw;
  },
  compose({ inputs: [x, dy], attrs }) {
    const values = reshape(composeChannels(x, attrs).values, x.shape);
    const pull = cast(dy, "f32");
    const total = (value: Node) => reshape(sum(value, { axis: [0, 2] }), [1, channelSizes(x).channels]);
    return concat([total(mul(pull, values)), total(pull)]);
  },
  expand({ node, inputs: [x, dy], attrs, device }) {
    const { batch, channels } = channelSizes(x);
    const sums = channelSums(x, dy, attrs, device);
    if (attrs.groupSize === undefined || batch === 1) return reshape(sums, node.shape);
    return sum(reshape(sums, [2, batch, channels]), { axis: 1 });
  },
  dispatch: () => {
    throw new InternalError("batchNormWeightGradient was not expanded");
  },
});

/** For each channel as kernels see them, [2, channels], or [2, batch * channels] where groups are measured. */
function channelSums(x: Node, dy: Node, attrs: BatchNormAttrs, device: DeviceProfile): Node {
  const sizes = kernelSizes(x, attrs);
  const { channels } = sizes;
  if (channelSizes(x).count === 0) return constantNode(0, "f32", [2, channels]);
  const slabs = batchNormSlabs(sizes, device);
  const parts = makeNode(slabsRecord, [x, dy, statisticsOf(x, attrs)], { ...sizes, slabs });
  return slabs === 1 ? reshape(parts, [2, channels]) : sum(parts, { axis: 0 });
}

/** Sums of dy w xh and of dy w over each group, [2, groups of all items]. */
export function groupSums(
  x: Node,
  w: Node,
  dy: Node,
  attrs: BatchNormAttrs & { readonly groupSize: number },
  device: DeviceProfile,
): Node {
  const { batch, channels } = channelSizes(x);
  const { groupSize } = attrs;
  const weighted = mul(reshape(channelSums(x, dy, attrs, device), [2 * batch, channels]), w);
  const groups = (batch * channels) / groupSize;
  return groupSize === 1
    ? reshape(weighted, [2, groups])
    : sum(reshape(weighted, [2, groups, groupSize]), { axis: 2 });
}

/** The same for each slab of values, to be added up, from x, dy and the statistics of x: [slabs, 2, channels]. */
const slabsRecord = defineKernel<BatchNormSizes & ChannelGroups>({
  name: "batchNormSums",
  output: (_inputs, { slabs, channels }) => ({ shape: [slabs, 2, channels], dtype: "f32" }),
  reference([x, dy, statistics], { slabs, channels, groupSize = 1 }) {
    // Only the sum over the slabs is defined; here the first slab is all of it.
    const dw = hostZeros([slabs, 2, channels]);
    const groups = channels / groupSize;
    const row = (index: number) => statistics.data.subarray(index * groups, (index + 1) * groups);
    const [centers, drifts, scales] = [MOMENTS.center, MOMENTS.drift, MOMENTS.scale].map(row);
    dy.data.forEach((pull, index) => {
      const channel = Math.floor(index / x.shape[2]) % channels;
      const group = Math.floor(channel / groupSize);
      dw.data[channel] += pull * (x.data[index] - centers[group] - drifts[group]) * scales[group];
      dw.data[channels + channel] += pull;
    });
    return dw;
  },
  dispatch: (_inputs, attrs, device) => batchNormSums(attrs, device),
});

/** [dL/dweight, dL/dbias] for y = normalised x * w + b, f32 [2, channels]. x, dy: [batch, channels, length]. */
export function batchNormWeightGradient<T extends Value>(x: T, dy: T, attrs: BatchNormAttrs): T {
  return apply(record, [x, dy], attrs);
}
