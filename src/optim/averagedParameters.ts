// AveragedParameters: parameters averaged over the steps of a run, which often judge better than the last ones.
//
// Decides: that averages stand in packs as the parameters do, so that one small dispatch of a step updates most of them.
// Leaves to the caller which tensors count: batch norm's running values may be among them; and to each kind what an
// update takes up of the parameters.

import { loadState, type StateSource } from "../api/loadState.ts";
import { type Cluster, packTensors, zerosLike } from "../api/pack.ts";
import { assignAll, Tensor } from "../api/tensor.ts";
import { DtypeError, ShapeError, UsageError } from "../base/errors.ts";
import { withScope } from "../base/scope.ts";
import { cast } from "../ops/index.ts";
import { isFloating } from "../tensor/dtype.ts";
import { isSameShape, printShape } from "../tensor/shape.ts";
import type { TensorUpdate } from "./optimizer.ts";

/** The base of all averages, which are f32, whatever the parameters, and start as the parameters are. */
export abstract class AveragedParameters {
  readonly parameters: readonly Tensor[];
  /** The average of each parameter, in order: the live tensors, not copies. */
  readonly averages: readonly Tensor[];
  private readonly clusters: readonly Cluster[];
  private readonly values: readonly Tensor[];

  /**
   * parameters: f32 or f16, any shapes, each once, all of one engine. Made after the optimizer, it takes over how that
   * has packed them. Throws UsageError and DtypeError for others.
   */
  constructor(parameters: readonly Tensor[]) {
    requireParameters(new.target.name, parameters);
    this.parameters = [...parameters];
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
      const updates = this.clusters.map(({ value }, index): TensorUpdate => {
        const average = this.values[index];
        return [average, this.next(average, cast(value, "f32"))];
      });
      assignAll([...this.ownUpdates(), ...updates]);
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
        `${this.constructor.name}: ${targets.length} targets for ${averages.length} averages; the counts must be equal.`,
      );
    }
    targets.forEach(({ shape }, index) => {
      if (isSameShape(shape, averages[index].shape)) return;
      throw new ShapeError(
        `${this.constructor.name}: target ${index} is ${printShape(shape)} and its average ${printShape(averages[index].shape)}; the shapes must be equal.`,
      );
    });
    assignAll(targets.map((target, index) => [target, cast(averages[index], target.dtype)]));
  }

  /** The averages under their places in `parameters`, "0.average", and what else there is: the live tensors, not copies. */
  stateDict(): Map<string, Tensor> {
    const averages = this.averages.map((average, index) => [`${index}.average`, average] as const);
    return new Map([...this.ownState(), ...averages]);
  }

  /** Writes `state`, which must have exactly the names and shapes of `stateDict()`. Throws as `loadState` does. */
  loadStateDict(state: StateSource): void {
    loadState(this.stateDict(), state);
  }

  /** Gives the memory of the averages back; the parameters stay. */
  dispose(): void {
    for (const value of this.stateDict().values()) value.dispose();
  }

  /** What an average becomes, given the parameters that it is of; both of one shape, f32. */
  protected abstract next(average: Tensor, parameter: Tensor): Tensor;

  /** State beside the averages. */
  protected ownState(): readonly (readonly [name: string, value: Tensor])[] {
    return [];
  }

  /** How that goes on at an update. */
  protected ownUpdates(): readonly TensorUpdate[] {
    return [];
  }
}

function requireParameters(owner: string, parameters: readonly Tensor[]): void {
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
