// Batch normalisation layers: BatchNorm1d and BatchNorm2d.
//
// Running means, variances and their count stand in one pack: one small dispatch of a training step updates all three.

import { packTensors } from "../api/pack.ts";
import { ones, type Tensor, zeros } from "../api/tensor.ts";
import { assert } from "../base/assert.ts";
import { ShapeError } from "../base/errors.ts";
import { asChannels, requireEps } from "../ops/batchStatistics.ts";
import { batchNorm, batchStatistics, runningMoments } from "../ops/index.ts";
import { requireMomentum } from "../ops/runningMoments.ts";
import { printShape } from "../tensor/shape.ts";
import { requireSize } from "./arguments.ts";
import { Module } from "./module.ts";
import { buffer, parameter } from "./parameter.ts";

/** How a BatchNorm layer is made. */
export interface BatchNormLayerOptions {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
  /** The share by which running values move towards a batch's; null: they are the mean over all batches. Default 0.1. */
  readonly momentum?: number | null;
  /** Whether there are a weight and a bias. Default true. */
  readonly affine?: boolean;
  /** Whether running values are kept, which evaluation then goes by. Default true. */
  readonly trackRunningStats?: boolean;
}

interface RunningStatistics {
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly count: Tensor;
  /** All three, flat. */
  readonly pack: Tensor;
}

/** What both layers are; they differ in the inputs they take. */
abstract class BatchNorm extends Module {
  readonly numFeatures: number;
  readonly eps: number;
  readonly momentum: number | null;
  readonly weight: Tensor | undefined;
  readonly bias: Tensor | undefined;
  private readonly running: RunningStatistics | undefined;

  constructor(
    numFeatures: number,
    { eps = 1e-5, momentum = 0.1, affine = true, trackRunningStats = true }: BatchNormLayerOptions = {},
  ) {
    super();
    const layer = new.target.name;
    requireSize(layer, "numFeatures", numFeatures);
    requireEps(layer, eps);
    requireMomentum(layer, momentum);
    this.numFeatures = numFeatures;
    this.eps = eps;
    this.momentum = momentum;
    this.weight = affine ? parameter(ones([numFeatures])) : undefined;
    this.bias = affine ? parameter(zeros([numFeatures])) : undefined;
    this.running = trackRunningStats ? makeRunning(numFeatures) : undefined;
  }

  /** Throws ShapeError unless x is what the layer normalises. */
  protected abstract requireInput(x: Tensor): void;

  get runningMean(): Tensor | undefined {
    return this.running?.mean;
  }

  get runningVar(): Tensor | undefined {
    return this.running?.variance;
  }

  /** How many batches of training there were: an f32, which counts to 16 million. */
  get numBatchesTracked(): Tensor | undefined {
    return this.running?.count;
  }

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

  override *parts(): Iterable<readonly [string, unknown]> {
    yield ["weight", this.weight];
    yield ["bias", this.bias];
    yield ["running_mean", this.running?.mean];
    yield ["running_var", this.running?.variance];
    yield ["num_batches_tracked", this.running?.count];
  }
}

function makeRunning(channels: number): RunningStatistics {
  const mean = buffer(zeros([channels]));
  const variance = buffer(ones([channels]));
  const count = buffer(zeros([]));
  const [{ value: pack }] = packTensors([mean, variance, count]);
  const starts = [mean, variance, count].map(({ home }) => home?.start);
  assert(starts.join() === `0,${channels},${2 * channels}`, "running values stand in order");
  return { mean, variance, count, pack };
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
    requireAxes(
      "BatchNorm1d",
      x,
      [2, 3],
      this.numFeatures,
      "[batch, numFeatures] or [batch, numFeatures, length]",
    );
  }
}

/** The same for images: x and y [batch, numFeatures, height, width]. Source: torch.nn.BatchNorm2d. */
export class BatchNorm2d extends BatchNorm {
  protected requireInput(x: Tensor): void {
    requireAxes("BatchNorm2d", x, [4], this.numFeatures, "[batch, numFeatures, height, width]");
  }
}

function requireAxes(
  layer: string,
  { shape }: Tensor,
  ranks: readonly number[],
  features: number,
  axes: string,
): void {
  if (ranks.includes(shape.length) && shape[1] === features) return;
  throw new ShapeError(
    `${layer}: x is ${printShape(shape)}; it must be ${axes} with numFeatures ${features}.`,
  );
}
