// Instance normalisation layers: InstanceNorm1d, InstanceNorm2d and InstanceNorm3d.

import type { Tensor } from "../api/tensor.ts";
import { instanceNorm, lerp, squeeze, unsqueeze } from "../ops/index.ts";
import { instanceMoments } from "../ops/instanceNorm.ts";
import { ChannelNorm, type ChannelNormOptions } from "./channelNorm.ts";

/**
 * How an InstanceNorm layer is made. `affine` and `trackRunningStats` are false unless told; with a momentum of null
 * running values stay as they are.
 */
export type InstanceNormLayerOptions = ChannelNormOptions;

/** What all three layers are; they differ in the axes behind the channels. */
abstract class InstanceNorm extends ChannelNorm {
  constructor(numFeatures: number, options: InstanceNormLayerOptions = {}) {
    super(numFeatures, { affine: false, trackRunningStats: false, ...options }, false);
  }

  /** The names of the axes behind the channels. */
  protected abstract readonly places: readonly string[];

  /** x normalised; in training the running values take up the mean over the items of the batch. */
  forward(x: Tensor): Tensor {
    const axes = ["numFeatures", ...this.places].join(", ");
    const rank = this.places.length + 1;
    this.requireAxes(x, [rank, rank + 1], -rank, `[batch, ${axes}] or [${axes}]`);
    return x.shape.length === rank ? squeeze(this.normalized(unsqueeze(x, 0)), 0) : this.normalized(x);
  }

  private normalized(x: Tensor): Tensor {
    const { weight, bias, eps, running, momentum } = this;
    if (running !== undefined && !this.training) {
      const { mean, variance } = running;
      return instanceNorm(x, {
        runningMean: mean,
        runningVar: variance,
        weight,
        bias,
        eps,
        useInputStats: false,
      });
    }
    const y = instanceNorm(x, { weight, bias, eps });
    if (running !== undefined && momentum !== null && x.size > 0) {
      running.pack.assign(lerp(running.pack, instanceMoments(x, eps), momentum));
    }
    return y;
  }
}

/**
 * Takes each feature of each item to mean 0 and variance 1, then times weight plus bias. x and y: [batch, numFeatures,
 * length] or [numFeatures, length], f32 or f16. Parameters, where `affine` is set: weight (ones) and bias (zeros), both
 * [numFeatures]. Buffers, where `trackRunningStats` is set: running_mean and running_var (of the unbiased variances,
 * averaged over items), by which evaluation goes then, and num_batches_tracked, which stays 0 as in PyTorch.
 * Throws UsageError for options out of range and features of one value, ShapeError for another input.
 * Source: torch.nn.InstanceNorm1d.
 */
export class InstanceNorm1d extends InstanceNorm {
  protected readonly places = ["length"];
}

/** The same for images: x and y [batch, numFeatures, height, width] or without the batch. Source: torch.nn.InstanceNorm2d. */
export class InstanceNorm2d extends InstanceNorm {
  protected readonly places = ["height", "width"];
}

/**
 * The same for volumes: x and y [batch, numFeatures, depth, height, width] or without the batch.
 * Source: torch.nn.InstanceNorm3d.
 */
export class InstanceNorm3d extends InstanceNorm {
  protected readonly places = ["depth", "height", "width"];
}
