// groupNorm: each group of neighbouring channels of an item less its mean, divided by its deviation.

import { ShapeError, UsageError } from "../base/errors.ts";
import { requireWhole } from "../base/requireWhole.ts";
import type { Value } from "../graph/node.ts";
import { printShape } from "../tensor/shape.ts";
import { applyBatchNorm, batchNormRecord, type ChannelAffine, requireAffine } from "./batchNorm.ts";
import { asChannels, channelSizes } from "./batchStatistics.ts";

/** What groupNorm may be given beside its input. */
export type GroupNormOptions<T extends Value> = ChannelAffine<T>;

const record = batchNormRecord("groupNorm");

/**
 * (x - mean) / sqrt(variance + eps) * weight + bias, where mean and (biased) variance are those of a group: channels /
 * `groups` neighbouring channels of one item with all their places. x: [batch, channels, ...], f32 or f16; y: the same
 * shape; weight and bias: [channels]. A NaN or an infinity makes its group NaN. Throws ShapeError unless `groups` divides
 * the channels, or where weight or bias do not fit; UsageError for an eps or a number of groups out of range and for x
 * of a single group of one value, which has no variance; DtypeError for integers.
 * Source: torch.nn.functional.group_norm; Wu and He 2018.
 */
export function groupNorm<T extends Value>(x: T, groups: number, options: GroupNormOptions<T> = {}): T {
  const { weight, bias, eps = 1e-5 } = options;
  requireWhole("groupNorm: groups", groups, 1);
  const flat = asChannels("groupNorm", x);
  const { batch, channels, length } = channelSizes(flat);
  if (channels % groups !== 0) {
    throw new ShapeError(
      `groupNorm: x is ${printShape(x.shape)}; its channels must be a multiple of ${groups} groups.`,
    );
  }
  requireAffine("groupNorm", options, channels);
  const groupSize = Math.max(1, channels / groups);
  if (batch * groupSize * length === 1) {
    throw new UsageError(
      `groupNorm: x is ${printShape(x.shape)} in ${groups} groups of one value, which has no variance; ` +
        "groups must have more than one.",
    );
  }
  return applyBatchNorm(record, x, flat, { weight, bias, eps, groupSize });
}
