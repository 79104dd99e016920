// batchNormInputGradient: dL/dx of batchNorm in training, expanded into the channels' sums and what is computed from them.

import { InternalError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { batchNormInputGradient as rowsKernel } from "../kernels/batchNorm.ts";
import { hostZeros } from "../tensor/hostArray.ts";
import { alongChannels, normalizeByStatistics } from "./batchNorm.ts";
import { type BatchNormAttrs, channelSizes, composeChannels, measureChannels } from "./batchStatistics.ts";
import { apply, defineKernel, type KernelOp, makeNode } from "./define.ts";

const record: KernelOp<BatchNormAttrs> = defineKernel<BatchNormAttrs>({
  name: "batchNormInputGradient",
  output: ([x]) => x,
  reference([x, w, dy], attrs) {
    const { channels, length, count } = channelSizes(x);
    const { means, scales } = measureChannels(x, attrs);
    const channelOf = (index: number) => Math.floor(index / length) % channels;
    const normalized = x.data.map(
      (value, index) => (value - means[channelOf(index)]) * scales[channelOf(index)],
    );
    const level = new Float64Array(channels);
    const slope = new Float64Array(channels);
    dy.data.forEach((pull, index) => {
      level[channelOf(index)] += pull / count;
      slope[channelOf(index)] += (pull * normalized[index]) / count;
    });
    const dx = hostZeros(x.shape);
    dy.data.forEach((pull, index) => {
      const channel = channelOf(index);
      const rest = pull - level[channel] - normalized[index] * slope[channel];
      dx.data[index] = rest * scales[channel] * w.data[channel];
    });
    return dx;
  },
  compose({ inputs: [x, w, dy], attrs, o }) {
    const along = { axis: [0, 2], keepDims: true };
    const { values, scales } = composeChannels(x, attrs, o);
    const pull = o.cast(dy, "f32");
    const slope = o.mean(o.mul(pull, values), along);
    const rest = o.sub(o.sub(pull, o.mean(pull, along)), o.mul(values, slope));
    return o.cast(o.mul(o.mul(rest, scales), o.reshape(w, [1, w.shape[0], 1])), x.dtype);
  },
  expand({ inputs: [x, w, dy], attrs, o }) {
    const { channels, count } = channelSizes(x);
    const sums = o.batchNormWeightGradient(x, dy, attrs);
    if (channelSizes(x).length > 1) {
      return makeNode(rowsRecord, [x, w, dy, o.batchStatistics(x, attrs), sums], attrs);
    }
    const share = (row: number) => {
      const own = o.slice(sums, { starts: [row], ends: [row + 1] });
      return o.mul(alongChannels(o.reshape(own, [channels]), x, o), 1 / count);
    };
    const { normalized, scale } = normalizeByStatistics(x, attrs, o);
    const rest = o.sub(o.sub(dy, share(1)), o.mul(o.mul(normalized, scale), share(0)));
    return o.cast(o.mul(rest, o.mul(scale, alongChannels(w, x, o))), x.dtype);
  },
  dispatch: () => {
    throw new InternalError("batchNormInputGradient was not expanded");
  },
});

/** The same from the statistics of x and the two sums over each channel. */
const rowsRecord = defineKernel<BatchNormAttrs>({
  name: "batchNormInputGradientRows",
  output: ([x]) => x,
  reference: ([x, w, dy], attrs) => record.reference([x, w, dy], attrs),
  dispatch: ([x], _attrs, device) => rowsKernel(channelSizes(x), device),
});

/** dL/dx for y = normalised x * w + b. x, dy: [batch, channels, length], w: [channels]. */
export function batchNormInputGradient<T extends Value>(x: T, w: T, dy: T, { eps }: BatchNormAttrs): T {
  return apply(record, [x, w, dy], { eps });
}
