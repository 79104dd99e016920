// Batch normalisation layers: BatchNorm1d, BatchNorm2d and BatchNorm3d.

import type { Tensor } from "../api/tensor.ts";
import { asChannels } from "../ops/batchStatistics.ts";
import { batchNorm, batchStatistics, runningMoments } from "../ops/index.ts";
import { ChannelNorm, type ChannelNormOptions } from "./channelNorm.ts";

/**
 * How a BatchNorm layer is made. `affine` and `trackRunningStats` are true unless told; with a momentum of null running
 * values are the mean over all batches.
 */
export type BatchNormLayerOptions = ChannelNormOptions;

/** What all three layers are; they differ in the inputs they take. */
abstract class BatchNorm extends ChannelNorm {
  constructor(numFeatures: number, options: BatchNormLayerOptions = {}) {
    super(numFeatures, { affine: true, trackRunningStats: true, ...options }, true);
  }

  /** Throws ShapeError unless x is what the layer normalises. */
  protected abstract requireInput(x: Tensor): void;

  /** x normalised; in training the running values take the batch up. */
  forward(x: Tensor): Tensor {
    this.requireInput(x);
    const { weight, bias, eps, running, momentum } = this;
    if (running !== undefined && !this.training) {
      const { mean, variance } = running;
      return batchNorm(x, { runningMean: mean, runningVar: variance, weight, bias, eps });
    }
    const y = batchNorm(x, { weight, bias, eps, training: true });
    if (running !== undefined && x.size > 0) {
      const statistics = batchStatistics(asChannels(this.constructor.name, x), { eps });
      running.pack.assign(runningMoments(running.pack, statistics, momentum));
    }
    return y;
  }
}

/**
 * Takes each feature to mean 0 and variance 1, then times weight plus bias: by the batch's own moments in training, by
 * running ones in evaluation (see `Module.training`). x and y: [batch, numFeatures] or [batch, numFeatures, length], f32
 * or f16. Parameters, unless `affine` is false: weight (ones) and bias (zeros), both [numFeatures]; buffers, unless
 * `trackRunningStats` is false: running_mean, running_var (of the unbiased variance) and num_batches_tracked.
 * Throws UsageError for options out of range and batches of one value, ShapeError for another input.
 * Source: torch.nn.BatchNorm1d.
 */
export class BatchNorm1d extends BatchNorm {
  protected requireInput(x: Tensor): void {
    this.requireAxes(x, [2, 3], 1, "[batch, numFeatures] or [batch, numFeatures, length]");
  }
}

/** The same for images: x and y [batch, numFeatures, height, width]. Source: torch.nn.BatchNorm2d. */
export class BatchNorm2d extends BatchNorm {
  protected requireInput(x: Tensor): void {
    this.requireAxes(x, [4], 1, "[batch, numFeatures, height, width]");
  }
}

/** The same for volumes: x and y [batch, numFeatures, depth, height, width]. Source: torch.nn.BatchNorm3d. */
export class BatchNorm3d extends BatchNorm {
  protected requireInput(x: Tensor): void {
    this.requireAxes(x, [5], 1, "[batch, numFeatures, depth, height, width]");
  }
}
