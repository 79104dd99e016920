// ExponentialMovingAverage: parameters averaged over the steps of a run, which often judge better than the last ones.
//
// Decides: that averages stand in packs as the parameters do, so that one small dispatch of a step updates most of them.
// Leaves to the caller which tensors count: batch norm's running values may be among them.

import { loadState, type StateSource } from "../api/loadState.ts";
import { type Cluster, packTensors, zerosLike } from "../api/pack.ts";
import { assignAll, Tensor } from "../api/tensor.ts";
import { DtypeError, ShapeError, UsageError } from "../base/errors.ts";
import { withScope } from "../base/scope.ts";
import { add, cast, mul, sub } from "../ops/index.ts";
import { isFloating } from "../tensor/dtype.ts";
import { isSameShape, printShape } from "../tensor/shape.ts";
import { requireOption } from "./optimizer.ts";

/** How an average is made. */
export interface ExponentialMovingAverageOptions {
  /** How much of the average each update keeps: from 0 to 1. Default 0.999. */
  readonly decay?: number;
}

/**
 * average += (1 - decay) (parameter - average) at each `update()`; it starts as the parameters are. Averages are f32,
 * whatever the parameters. Source: torch.optim.swa_utils.AveragedModel with get_ema_multi_avg_fn.
 */
export class ExponentialMovingAverage {
  readonly parameters: readonly Tensor[];
  /** The average of each parameter, in order: the live tensors, not copies. */
  readonly averages: readonly Tensor[];
  readonly decay: number;
  private readonly clusters: readonly Cluster[];
  private readonly values: readonly Tensor[];

  /**
   * parameters: f32 or f16, any shapes, each once, all of one engine. Made after the optimizer, it takes over how that
   * has packed them. Throws UsageError and DtypeError for others, and UsageError for a decay out of range.
   */
  constructor(parameters: readonly Tensor[], { decay = 0.999 }: ExponentialMovingAverageOptions = {}) {
    requireParameters(parameters);
    requireOption("ExponentialMovingAverage", "decay", decay, decay >= 0 && decay <= 1, "from 0 to 1");
    this.parameters = [...parameters];
    this.decay = decay;
    this.clusters = packTensors(parameters);
    const averages: Tensor[] = [];
    this.values = this.clusters.map((cluster) => {
      const { value, parts } = zerosLike(cluster, parameters);
      cluster.members.forEach((member, index) => {
        averages[member] = parts[index];
      });
      return value;
    });
    this.averages = averages;
    assignAll(this.clusters.map(({ value }, index) => [this.values[index], cast(value, "f32")]));
  }

  /**
   * Takes the parameters up as they are now. In a compiled function it becomes part of the plan, and sees what an
   * optimizer's step before it has made of them.
   */
  update(): void {
    withScope("average", () => {
      assignAll(
        this.clusters.map(({ value }, index) => {
          const average = this.values[index];
          return [average, add(average, mul(sub(cast(value, "f32"), average), 1 - this.decay))];
        }),
      );
    });
  }

  /**
   * Writes the averages into `targets`: the parameters of another module of the same kind, or those of this one.
   * Throws UsageError for another count, ShapeError for other shapes, before anything is written.
   */
  copyTo(targets: readonly Tensor[]): void {
    const { averages } = this;
    if (targets.length !== averages.length) {
      throw new UsageError(
        `ExponentialMovingAverage: ${targets.length} targets for ${averages.length} averages; the counts must be equal.`,
      );
    }
    targets.forEach(({ shape }, index) => {
      if (isSameShape(shape, averages[index].shape)) return;
      throw new ShapeError(
        `ExponentialMovingAverage: target ${index} is ${printShape(shape)} and its average ${printShape(averages[index].shape)}; the shapes must be equal.`,
      );
    });
    assignAll(targets.map((target, index) => [target, cast(averages[index], target.dtype)]));
  }

  /** The averages under their places in `parameters`, "0.average": the live tensors, not copies. */
  stateDict(): Map<string, Tensor> {
    return new Map(this.averages.map((average, index) => [`${index}.average`, average]));
  }

  /** Writes `state`, which must have exactly the names and shapes of `stateDict()`. Throws as `loadState` does. */
  loadStateDict(state: StateSource): void {
    loadState(this.stateDict(), state);
  }

  /** Gives the memory of the averages back; the parameters stay. */
  dispose(): void {
    for (const average of this.averages) average.dispose();
  }
}

function requireParameters(parameters: readonly Tensor[]): void {
  const owner = "ExponentialMovingAverage";
  if (parameters.length === 0 || !parameters.every((parameter) => parameter instanceof Tensor)) {
    throw new UsageError(`${owner}: parameters must be a list of at least one tensor.`);
  }
  if (new Set(parameters).size !== parameters.length) {
    throw new UsageError(`${owner}: a parameter is given twice; each must be there once.`);
  }
  for (const { dtype, name, shape } of parameters) {
    if (isFloating(dtype)) continue;
    throw new DtypeError(
      `${owner}: ${name ?? "a parameter"} ${printShape(shape)} has dtype ${dtype}; it must be f32 or f16.`,
    );
  }
}
