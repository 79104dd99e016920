// batchNormInputGradient: dL/dx of norms that measure channels or groups of them, expanded into their sums and what is
// computed from them.

import { InternalError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { batchNormInputGradient as rowsKernel } from "../kernels/batchNorm.ts";
import { hostZeros } from "../tensor/hostArray.ts";
import { alongChannels, normalizeByStatistics, usesRows } from "./batchNorm.ts";
import { batchNormWeightGradient, groupSums } from "./batchNormWeightGradient.ts";
import {
  type BatchNormAttrs,
  channelSizes,
  composeChannels,
  kernelSizes,
  measureChannels,
  measuredShape,
  placeOf,
  statisticsOf,
} from "./batchStatistics.ts";
import { cast } from "./cast.ts";
import { apply, defineKernel, type KernelOp, makeNode } from "./define.ts";
import { mean } from "./mean.ts";
import { mul } from "./mul.ts";
import { reshape } from "./reshape.ts";
import { slice } from "./slice.ts";
import { sub } from "./sub.ts";

const record: KernelOp<BatchNormAttrs> = defineKernel<BatchNormAttrs>({
  name: "batchNormInputGradient",
  output: ([x]) => x,
  reference([x, w, dy], attrs) {
    const { count } = channelSizes({ shape: measuredShape(x, attrs) });
    const { means, scales } = measureChannels(x, attrs);
    const place = placeOf(x, attrs);
    const at = (index: number) => {
      const { moment, channel } = place(index);
      const normalized = (x.data[index] - means[moment]) * scales[moment];
      return { moment, normalized, pull: dy.data[index] * w.data[channel] };
    };
    const level = new Float64Array(means.length);
    const slope = new Float64Array(means.length);
    dy.data.forEach((_, index) => {
      const { moment, normalized, pull } = at(index);
      level[moment] += pull / count;
      slope[moment] += (pull * normalized) / count;
    });
    const dx = hostZeros(x.shape);
    dy.data.forEach((_, index) => {
      const { moment, normalized, pull } = at(index);
      dx.data[index] = (pull - level[moment] - normalized * slope[moment]) * scales[moment];
    });
    return dx;
  },
  compose({ inputs: [x, w, dy], attrs }) {
    const along = { axis: [0, 2], keepDims: true };
    const { values, scales } = composeChannels(x, attrs);
    const pull = reshape(mul(cast(dy, "f32"), reshape(w, [1, w.shape[0], 1])), values.shape);
    const slope = mean(mul(pull, values), along);
    const rest = sub(sub(pull, mean(pull, along)), mul(values, slope));
    return cast(reshape(mul(rest, scales), x.shape), x.dtype);
  },
  expand({ inputs: [x, w, dy], attrs, device }) {
    const { channels, count } = channelSizes(x);
    const sums =
      attrs.groupSize === undefined
        ? batchNormWeightGradient(x, dy, attrs)
        : groupSums(x, w, dy, { ...attrs, groupSize: attrs.groupSize }, device);
    if (usesRows(x, attrs)) {
      return makeNode(rowsRecord, [x, w, dy, statisticsOf(x, attrs), sums], attrs);
    }
    const share = (row: number) => {
      const own = slice(sums, { starts: [row], ends: [row + 1] });
      return mul(alongChannels(reshape(own, [channels]), x), 1 / count);
    };
    const { normalized, scale } = normalizeByStatistics(x, attrs);
    const rest = sub(sub(dy, share(1)), mul(mul(normalized, scale), share(0)));
    return cast(mul(rest, mul(scale, alongChannels(w, x))), x.dtype);
  },
  dispatch: () => {
    throw new InternalError("batchNormInputGradient was not expanded");
  },
});

/** The same from the statistics of x and the two sums over each channel, or weighted ones over each group. */
const rowsRecord = defineKernel<BatchNormAttrs>({
  name: "batchNormInputGradientRows",
  output: ([x]) => x,
  reference: ([x, w, dy], attrs) => record.reference([x, w, dy], attrs),
  dispatch: ([x], attrs, device) => rowsKernel(kernelSizes(x, attrs), device),
});

/** dL/dx for y = normalised x * w + b. x, dy: [batch, channels, length], w: [channels]. */
export function batchNormInputGradient<T extends Value>(x: T, w: T, dy: T, attrs: BatchNormAttrs): T {
  return apply(record, [x, w, dy], attrs);
}
