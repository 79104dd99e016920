// batchStatistics: what batch normalisation must know of each channel, measured once for the forward pass, the backward
// pass and the running averages; and batchMoments, the part of it that users want.

import { ShapeError, UsageError } from "../base/errors.ts";
import type { Node, Spec, Value } from "../graph/node.ts";
import { constantNode } from "../graph/source.ts";
import {
  type BatchStatisticsSizes,
  batchNormSlabs,
  batchNormStatistics,
  batchNormStatisticsMerge,
} from "../kernels/batchNorm.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { type HostArray, hostZeros } from "../tensor/hostArray.ts";
import { elementCount, printShape } from "../tensor/shape.ts";
import { apply, defineKernel, type KernelOp, makeNode, type Ops } from "./define.ts";
import { reshape } from "./reshape.ts";
import { slice } from "./slice.ts";

/** How channels are normalised. */
export interface BatchNormAttrs {
  /** Added to the variance. */
  readonly eps: number;
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

/** Mean, variance about it and 1 / sqrt(variance + eps) of each channel, in float64. */
export function measureChannels(
  x: HostArray,
  { eps }: BatchNormAttrs,
): { means: Float64Array; variances: Float64Array; scales: Float64Array } {
  const { channels, length, count } = channelSizes(x);
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

/** Normalised values by ops that have gradients, in f32 [batch, channels, length]; the others are [1, channels, 1]. */
export function composeChannels(
  x: Node,
  { eps }: BatchNormAttrs,
  o: Ops,
): { values: Node; means: Node; variances: Node; scales: Node } {
  const along = { axis: [0, 2], keepDims: true };
  const wide = o.cast(x, "f32");
  const means = o.mean(wide, along);
  const distance = o.sub(wide, means);
  const variances = o.mean(o.square(distance), along);
  const scales = o.rsqrt(o.add(variances, eps));
  return { values: o.mul(distance, scales), means, variances, scales };
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
  compose({ inputs: [x], attrs, o }) {
    const { channels, count } = channelSizes(x);
    const { means, variances, scales } = composeChannels(x, attrs, o);
    const none = constantNode(0, "f32", [1, channels]);
    const row = (value: Node) => o.reshape(value, [1, channels]);
    return o.concat([row(means), row(o.mul(variances, bessel(count))), row(means), none, row(scales)]);
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
  requireFloating(op, "x", x.dtype);
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
export function batchStatistics<T extends Value>(x: T, attrs: BatchNormAttrs): T {
  return apply(record, [x], { eps: attrs.eps });
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
