// batchStatistics: what batch normalisation must know of each channel, measured once for the forward pass, the backward
// pass and the running averages; and batchMoments, the part of it that users want.

import { ShapeError, UsageError } from "../base/errors.ts";
import type { Node, Spec, Value } from "../graph/node.ts";
import { constantNode } from "../graph/source.ts";
import {
  type BatchNormSizes,
  type BatchStatisticsSizes,
  batchNormSlabs,
  batchNormStatistics,
  batchNormStatisticsMerge,
  type ChannelGroups,
} from "../kernels/batchNorm.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { type HostArray, hostZeros } from "../tensor/hostArray.ts";
import { elementCount, printShape } from "../tensor/shape.ts";
import { add } from "./add.ts";
import { cast } from "./cast.ts";
import { concat } from "./concat.ts";
import { apply, defineKernel, type KernelOp, makeNode } from "./define.ts";
import { mean } from "./mean.ts";
import { mul } from "./mul.ts";
import { reshape } from "./reshape.ts";
import { rsqrt } from "./rsqrt.ts";
import { slice } from "./slice.ts";
import { square } from "./square.ts";
import { sub } from "./sub.ts";

/** How channels are normalised. */
export interface BatchNormAttrs {
  /** Added to the variance. */
  readonly eps: number;
  /** How many neighbouring channels of one item are measured together. Undefined: each channel, over the whole batch. */
  readonly groupSize?: number | undefined;
}

/** The rows of `batchStatistics`. */
export const MOMENTS = { mean: 0, variance: 1, center: 2, drift: 3, scale: 4, count: 5 } as const;

/** The three axes to which any input is brought: [batch, channels, length]. */
export function channelSizes({ shape: [batch, channels, length] }: Pick<Spec, "shape">): {
  readonly batch: number;
  readonly channels: number;
  readonly length: number;
  /** Values of a channel. */
  readonly count: number;
} {
  return { batch, channels, length, count: batch * length };
}

/** [batch, channels, length] as which `x` must be seen for channels to be what is measured together. */
export function measuredShape(
  { shape }: Pick<Spec, "shape">,
  { groupSize }: Pick<BatchNormAttrs, "groupSize">,
): readonly [number, number, number] {
  const [batch, channels, length] = shape;
  if (groupSize === undefined) return [batch, channels, length];
  return [1, (batch * channels) / groupSize, groupSize * length];
}

/** As which channels kernels see `x`: where groups are measured, each item has channels of its own. */
export function kernelSizes(
  { shape: [batch, channels, length] }: Pick<Spec, "shape">,
  { groupSize }: Pick<BatchNormAttrs, "groupSize">,
): Omit<BatchNormSizes, "slabs"> & ChannelGroups {
  if (groupSize === undefined) return { batch, channels, length };
  return { batch: 1, channels: batch * channels, length, groupSize, weights: channels };
}

/** Of an element: what it is measured with, as `measureChannels` counts, and its channel. */
export function placeOf(
  x: Pick<Spec, "shape">,
  attrs: BatchNormAttrs,
): (index: number) => { moment: number; channel: number } {
  const { channels, length } = channelSizes(x);
  const [, moments, reach] = measuredShape(x, attrs);
  return (index) => ({
    moment: Math.floor(index / reach) % moments,
    channel: Math.floor(index / length) % channels,
  });
}

/** Mean, variance about it and 1 / sqrt(variance + eps) of what is measured together, in float64. */
export function measureChannels(
  x: HostArray,
  attrs: BatchNormAttrs,
): { means: Float64Array; variances: Float64Array; scales: Float64Array } {
  const { eps } = attrs;
  const { channels, length, count } = channelSizes({ shape: measuredShape(x, attrs) });
  const means = new Float64Array(channels);
  const variances = new Float64Array(channels);
  const channelOf = (index: number) => Math.floor(index / length) % channels;
  x.data.forEach((value, index) => {
    means[channelOf(index)] += value / count;
  });
  x.data.forEach((value, index) => {
    variances[channelOf(index)] += (value - means[channelOf(index)]) ** 2 / count;
  });
  if (count === 0) for (const list of [means, variances]) list.fill(Number.NaN);
  return { means, variances, scales: variances.map((variance) => 1 / Math.sqrt(variance + eps)) };
}

/** Normalised values by ops that have gradients, in f32 and `measuredShape`; the others are [1, channels, 1]. */
export function composeChannels(
  x: Node,
  attrs: BatchNormAttrs,
): { values: Node; means: Node; variances: Node; scales: Node } {
  const along = { axis: [0, 2], keepDims: true };
  const wide = reshape(cast(x, "f32"), measuredShape(x, attrs));
  const means = mean(wide, along);
  const distance = sub(wide, means);
  const variances = mean(square(distance), along);
  const scales = rsqrt(add(variances, attrs.eps));
  return { values: mul(distance, scales), means, variances, scales };
}

const record: KernelOp<BatchNormAttrs> = defineKernel<BatchNormAttrs>({
  name: "batchStatistics",
  output: (inputs) => ({ shape: [MOMENTS.count, channelSizes(inputs[0]).channels], dtype: "f32" }),
  reference(inputs, attrs) {
    const [x] = inputs;
    const { channels, count } = channelSizes(x);
    const { means, variances, scales } = measureChannels(x, attrs);
    const statistics = hostZeros([MOMENTS.count, channels]);
    statistics.data.set(means, MOMENTS.mean * channels);
    statistics.data.set(
      variances.map((variance) => variance * bessel(count)),
      MOMENTS.variance * channels,
    );
    statistics.data.set(means, MOMENTS.center * channels);
    statistics.data.set(scales, MOMENTS.scale * channels);
    return statistics;
  },
  compose({ inputs: [x], attrs }) {
    const { channels, count } = channelSizes(x);
    const { means, variances, scales } = composeChannels(x, attrs);
    const none = constantNode(0, "f32", [1, channels]);
    const row = (value: Node) => reshape(value, [1, channels]);
    return concat([row(means), row(mul(variances, bessel(count))), row(means), none, row(scales)]);
  },
  expand({ node, inputs: [x], attrs, device }) {
    if (channelSizes(x).count === 0) return constantNode(Number.NaN, node.dtype, node.shape);
    const slabs = batchNormSlabs(channelSizes(x), device);
    if (slabs === 1) return undefined;
    const slabAttrs = { ...attrs, ...channelSizes(x), slabs };
    return makeNode(mergeRecord, [makeNode(partsRecord, [x], slabAttrs)], slabAttrs);
  },
  dispatch: ([x], attrs, device) => batchNormStatistics({ ...channelSizes(x), ...attrs, slabs: 1 }, device),
});

/** The same for each slab of values, [slabs, 5, channels]. */
const partsRecord = defineKernel<BatchStatisticsSizes>({
  name: "batchStatisticsParts",
  output: (_inputs, { slabs, channels }) => ({ shape: [slabs, MOMENTS.count, channels], dtype: "f32" }),
  reference([x], attrs) {
    // Only what becomes of all slabs together is defined; here the first slab is all of it.
    const whole = record.reference([x], attrs);
    const parts = hostZeros([attrs.slabs, ...whole.shape]);
    parts.data.set(whole.data);
    return parts;
  },
  dispatch: (_inputs, attrs, device) => batchNormStatistics(attrs, device),
});

const mergeRecord = defineKernel<BatchStatisticsSizes>({
  name: "batchStatisticsMerge",
  output: (_inputs, { channels }) => ({ shape: [MOMENTS.count, channels], dtype: "f32" }),
  reference: ([parts], { channels }) => ({
    shape: [MOMENTS.count, channels],
    data: parts.data.slice(0, MOMENTS.count * channels),
  }),
  dispatch: (_inputs, attrs, device) => batchNormStatisticsMerge(attrs, device),
});

/** What makes a variance of `count` values an estimate without bias. Of one value there is none: its variance stays 0. */
export function bessel(count: number): number {
  return count === 1 ? 1 : count / (count - 1);
}

/** `x` as [batch, channels, length]. Throws ShapeError where it has no channels, DtypeError unless it is f32 or f16. */
export function asChannels<T extends Value>(op: string, x: T): T {
  requireFloating(op, "x", x);
  if (x.shape.length < 2) {
    throw new ShapeError(
      `${op}: x is ${printShape(x.shape)}; it must be [batch, channels, ...], with two axes at least.`,
    );
  }
  const [batch, channels, ...rest] = x.shape;
  return reshape(x, [batch, channels, elementCount(rest)]);
}

/** Throws UsageError unless `eps` is a number from 0. */
export function requireEps(op: string, eps: number): void {
  if (eps >= 0 && Number.isFinite(eps)) return;
  throw new UsageError(`${op}: eps is ${eps}; it must be a finite number of at least 0.`);
}

/**
 * Of each channel of x: the mean, the unbiased variance, a center and a drift whose sum is the mean (to more digits than
 * one f32 has, so that (x - center) - drift is right where the mean is far above the deviation), and
 * 1 / sqrt(biased variance + eps). x: [batch, channels, length], f32 or f16; f32 [5, channels].
 */
export function batchStatistics<T extends Value>(x: T, attrs: Pick<BatchNormAttrs, "eps">): T {
  return apply(record, [x], { eps: attrs.eps });
}

/** `batchStatistics` of what `attrs` measures together. */
export function statisticsOf(x: Node, attrs: BatchNormAttrs): Node {
  return batchStatistics(reshape(x, measuredShape(x, attrs)), attrs);
}

/** How `batchMoments` measures. */
export interface BatchMomentsOptions {
  /** That of a `batchNorm` of the same x: then both share one measurement. Default 1e-5. */
  readonly eps?: number;
}

/**
 * Mean and unbiased variance of each channel, over all axes but that of channels, as running averages take them up.
 * x: [batch, channels, ...], f32 or f16; f32 [2, channels]. The variance of one value is 0, moments of none are NaN.
 * Throws ShapeError, DtypeError or UsageError. Source: torch.var_mean.
 */
export function batchMoments<T extends Value>(x: T, { eps = 1e-5 }: BatchMomentsOptions = {}): T {
  requireEps("batchMoments", eps);
  return slice(batchStatistics(asChannels("batchMoments", x), { eps }), { ends: [2] });
}
