// What the batch norm kernels compute, in float64 by the definition.

import type { BatchNormSizes, BatchStatisticsSizes } from "../../src/kernels/batchNorm.ts";

/** The values of channel `channel` of x [batch, channels, length], in the order in which slabs cut them. */
export function channelOf(
  x: Float32Array,
  { batch, channels, length }: BatchNormSizes,
  channel: number,
): number[] {
  return Array.from({ length: batch }, (_, item) => {
    const start = (item * channels + channel) * length;
    return [...x.subarray(start, start + length)];
  }).flat();
}

/** The mean and the sum of squares about it. */
export function momentsOf(values: readonly number[]): { mean: number; squares: number } {
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  return { mean, squares: values.reduce((total, value) => total + (value - mean) ** 2, 0) };
}

/** What is known of one channel. */
export interface ChannelStatistics {
  readonly mean: number;
  /** Unbiased. */
  readonly variance: number;
  readonly scale: number;
}

/** Of every channel of x. */
export function statisticsReference(x: Float32Array, sizes: BatchStatisticsSizes): ChannelStatistics[] {
  return Array.from({ length: sizes.channels }, (_, channel) => {
    const values = channelOf(x, sizes, channel);
    const { mean, squares } = momentsOf(values);
    return {
      mean,
      variance: squares / Math.max(1, values.length - 1),
      scale: 1 / Math.sqrt(squares / values.length + sizes.eps),
    };
  });
}

/** [sum of dy times the normalised x, sum of dy] of each channel. */
export function sumsReference(
  x: Float32Array,
  dy: Float32Array,
  sizes: BatchStatisticsSizes,
): { weight: Float64Array; bias: Float64Array } {
  const weight = new Float64Array(sizes.channels);
  const bias = new Float64Array(sizes.channels);
  statisticsReference(x, sizes).forEach(({ mean, scale }, channel) => {
    const pulls = channelOf(dy, sizes, channel);
    channelOf(x, sizes, channel).forEach((value, index) => {
      weight[channel] += pulls[index] * (value - mean) * scale;
      bias[channel] += pulls[index];
    });
  });
  return { weight, bias };
}
