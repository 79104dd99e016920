// instanceNorm: each channel of each item less its mean, divided by its deviation, or by what was learned of many items.
// It is groupNorm with as many groups as there are channels.

import { UsageError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { printShape } from "../tensor/shape.ts";
import {
  applyBatchNorm,
  batchNormRecord,
  normalizeByRunning,
  type RunningNormOptions,
  requireAffine,
} from "./batchNorm.ts";
import { asChannels, batchStatistics, channelSizes } from "./batchStatistics.ts";
import { mean } from "./mean.ts";
import { reshape } from "./reshape.ts";
import { slice } from "./slice.ts";
import { flatten } from "./squeeze.ts";

/** What instanceNorm may be given beside its input. */
export interface InstanceNormOptions<T extends Value> extends RunningNormOptions<T> {
  /** Whether x itself is measured. Default true; else the running values count. */
  readonly useInputStats?: boolean;
}

const record = batchNormRecord("instanceNorm");

/**
 * (x - mean) / sqrt(variance + eps) * weight + bias for each channel of each item. x: [batch, channels, ...], f32 or f16;
 * y: the same shape; all else is [channels]. Mean and (biased) variance are those of x over the axes behind the channels;
 * without `useInputStats` they are `runningMean` and `runningVar`. Nothing is updated here, as in `batchNorm`: layers
 * that keep running values do so. A NaN or an infinity makes its channel of its item NaN. Throws UsageError for channels
 * of one value, where running values are wanted and missing, and for an eps out of range; ShapeError or DtypeError where
 * inputs do not fit. Source: torch.nn.functional.instance_norm; Ulyanov, Vedaldi and Lempitsky 2016.
 */
export function instanceNorm<T extends Value>(x: T, options: InstanceNormOptions<T> = {}): T {
  const { weight, bias, useInputStats = true, eps = 1e-5 } = options;
  const flat = asChannels("instanceNorm", x);
  const { channels, length } = channelSizes(flat);
  requireAffine("instanceNorm", options, channels);
  if (!useInputStats) {
    return normalizeByRunning("instanceNorm", x, options, "without useInputStats both are needed");
  }
  if (length === 1) {
    throw new UsageError(
      `instanceNorm: x is ${printShape(x.shape)}, one value per channel of an item, which has no variance; ` +
        "there must be more than one.",
    );
  }
  return applyBatchNorm(record, x, flat, { weight, bias, eps, groupSize: 1 });
}

/**
 * Mean and unbiased variance of each channel of an item, averaged over the items, as running averages take them up: f32
 * [2 channels]. x: [batch, channels, ...]. Shares its measurement with an `instanceNorm` of the same x and eps.
 */
export function instanceMoments<T extends Value>(x: T, eps: number): T {
  const { batch, channels, length } = channelSizes(asChannels("instanceMoments", x));
  const statistics = batchStatistics(reshape(x, [1, batch * channels, length]), { eps });
  const moments = reshape(slice(statistics, { ends: [2] }), [2, batch, channels]);
  return flatten(mean(moments, { axis: 1 }));
}
