// What batch and instance normalisation layers share: options, parameters and running values, which stand in one pack, so
// that one small dispatch of a training step updates all of them.

import { packTensors } from "../api/pack.ts";
import { ones, type Tensor, zeros } from "../api/tensor.ts";
import { assert } from "../base/assert.ts";
import { ShapeError } from "../base/errors.ts";
import { requireEps } from "../ops/batchStatistics.ts";
import { requireMomentum } from "../ops/runningMoments.ts";
import { printShape } from "../tensor/shape.ts";
import { requireSize } from "./arguments.ts";
import { Module } from "./module.ts";
import { buffer, parameter } from "./parameter.ts";

/** How a layer that normalises channels is made. */
export interface ChannelNormOptions {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
  /** The share by which running values move towards those of a batch. Default 0.1; null: see the layer. */
  readonly momentum?: number | null;
  /** Whether there are a weight and a bias. */
  readonly affine?: boolean;
  /** Whether there is a bias beside the weight. Default true. */
  readonly bias?: boolean;
  /** Whether running values are kept, which evaluation then goes by. */
  readonly trackRunningStats?: boolean;
}

/** What a layer keeps of the batches that it has seen. */
export interface RunningStatistics {
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly count: Tensor;
  /** Mean and variance, and behind them the count where the layer keeps it; flat. */
  readonly pack: Tensor;
}

/** A layer over the channels of its input, before it says how they are measured. */
export abstract class ChannelNorm extends Module {
  readonly numFeatures: number;
  readonly eps: number;
  readonly momentum: number | null;
  readonly weight: Tensor | undefined;
  readonly bias: Tensor | undefined;
  protected readonly running: RunningStatistics | undefined;

  constructor(
    numFeatures: number,
    { eps = 1e-5, momentum = 0.1, affine, bias = true, trackRunningStats }: ChannelNormOptions,
    countsBatches: boolean,
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
    this.bias = affine && bias ? parameter(zeros([numFeatures])) : undefined;
    this.running = trackRunningStats ? makeRunning(numFeatures, countsBatches) : undefined;
  }

  get runningMean(): Tensor | undefined {
    return this.running?.mean;
  }

  get runningVar(): Tensor | undefined {
    return this.running?.variance;
  }

  /** How many batches of training there were, where the layer counts them: an f32, which counts to 16 million. */
  get numBatchesTracked(): Tensor | undefined {
    return this.running?.count;
  }

  override *parts(): Iterable<readonly [string, unknown]> {
    yield ["weight", this.weight];
    yield ["bias", this.bias];
    yield ["running_mean", this.running?.mean];
    yield ["running_var", this.running?.variance];
    yield ["num_batches_tracked", this.running?.count];
  }

  /** Throws ShapeError unless x has one of `ranks` and numFeatures on the axis `axis`, counted from the end if below 0. */
  protected requireAxes({ shape }: Tensor, ranks: readonly number[], axis: number, axes: string): void {
    if (ranks.includes(shape.length) && shape.at(axis) === this.numFeatures) return;
    throw new ShapeError(
      `${this.constructor.name}: x is ${printShape(shape)}; it must be ${axes} with numFeatures ${this.numFeatures}.`,
    );
  }
}

function makeRunning(channels: number, countsBatches: boolean): RunningStatistics {
  const mean = buffer(zeros([channels]));
  const variance = buffer(ones([channels]));
  const count = buffer(zeros([]));
  const packed = countsBatches ? [mean, variance, count] : [mean, variance];
  const [{ value: pack }] = packTensors(packed);
  const starts = packed.map(({ home }) => home?.start);
  assert(`0,${channels},${2 * channels}`.startsWith(starts.join()), "running values stand in order");
  return { mean, variance, count, pack };
}
