// Optimizer: what all optimizers share. Gradients, clipping, and the learning rate as data on the GPU.
//
// Decides: that a step is one set of updates, all computed from the values before it, in or outside of a compiled
// function; that whatever changes from step to step (the rate, bias corrections) stands in tensors, so that no step is
// ever compiled again; and that small parameters, of all groups together, are packed (api/pack.ts), so that one dispatch updates them
// all, from gradients which backward kernels wrote side by side. Leaves the update rule to each optimizer's own file.

import { arange } from "../api/arange.ts";
import { gradients } from "../api/grad.ts";
import { loadState, type StateSource } from "../api/loadState.ts";
import { type Cluster, gather, packTensors, zerosLike } from "../api/pack.ts";
import { assignAll, Tensor, tensor } from "../api/tensor.ts";
import { DtypeError, ShapeError, UsageError } from "../base/errors.ts";
import { withScope } from "../base/scope.ts";
import { broadcastTo, cast, greater, less, mul, neg, where } from "../ops/index.ts";
import { isFloating } from "../tensor/dtype.ts";
import { isSameShape, printShape } from "../tensor/shape.ts";
import { clipGradNorm } from "./clipGradNorm.ts";

/** What every optimizer takes. */
export interface OptimizerOptions {
  /** The learning rate. Default 1e-3. */
  readonly lr?: number;
  /** Scales gradients down so that their norm over all parameters is at most this. Default: no clipping. */
  readonly maxGradNorm?: number;
  /** Goes up the gradient instead of down. Default false. */
  readonly maximize?: boolean;
}

/** Parameters that share settings of their own. */
export interface ParameterGroup {
  readonly params: readonly Tensor[];
  /** In the place of the optimizer's own. */
  readonly weightDecay?: number;
}

/** Neighbouring elements of a cluster whose parameters share settings of their own. */
interface SettingsRun {
  /** How many elements of the cluster come before the next run. */
  readonly end: number;
  readonly weightDecay: number | undefined;
}

/** What is updated by one rule at once, and with which settings. */
export interface UpdateCluster extends Cluster {
  readonly runs: readonly SettingsRun[];
}

/** Values per parameter, as updates see them and as a state dict does. */
export interface ClusterState {
  /** For each cluster that has this state. */
  readonly values: readonly Tensor[];
  /** For each parameter that has it. */
  readonly parts: readonly Tensor[];
}

/** How gradients are applied. */
export interface ApplyOptions {
  /**
   * What all gradients are multiplied by before they are clipped: a scalar, f32, computed from the gradients as the
   * updates see them. Unless it is above 0 no step is made: parameters and state stay as they are, whatever the gradients.
   */
  readonly factor?: (gradients: readonly Tensor[]) => Tensor;
}

/** A tensor and the value which replaces it at the end of the step. */
export type TensorUpdate = readonly [target: Tensor, value: Tensor];

/** Whose rate a tensor is: a rate is needed on the CPU too, where a tensor cannot be read without waiting. */
const ownerOfRate = new WeakMap<Tensor, Optimizer>();

/** The base of all optimizers. */
export abstract class Optimizer {
  readonly parameters: readonly Tensor[];
  readonly maxGradNorm: number | undefined;
  readonly maximize: boolean;
  /** Not for users: what `updates` works on, the parameters, packed where that pays. */
  readonly clusters: readonly UpdateCluster[];
  /** The learning rate as updates read it: a scalar. */
  protected readonly rate: Tensor;
  private currentLr: number;

  /**
   * given: tensors, f32 or f16, any shapes, each once, all of one engine; or groups of them with settings of their own.
   * isApart: which parameters are packed by themselves. Throws UsageError and DtypeError for others, and UsageError for
   * options out of range.
   */
  constructor(
    given: readonly Tensor[] | readonly ParameterGroup[],
    { lr = 1e-3, maxGradNorm, maximize = false }: OptimizerOptions = {},
    isApart: (parameter: Tensor) => boolean = () => false,
  ) {
    const groups = groupsOf(given);
    const parameters = groups.flatMap(({ params }) => params);
    requireParameters(new.target.name, parameters);
    for (const { weightDecay = 0 } of groups) {
      requireOption(new.target.name, "weightDecay", weightDecay, weightDecay >= 0, "from 0");
    }
    requireRate(new.target.name, lr);
    if (maxGradNorm !== undefined) {
      requireOption(new.target.name, "maxGradNorm", maxGradNorm, maxGradNorm > 0, "above 0");
    }
    this.parameters = parameters;
    this.clusters = clustersOf(groups, isApart);
    this.maxGradNorm = maxGradNorm;
    this.maximize = maximize;
    this.currentLr = lr;
    this.rate = tensor([lr], [], { name: "lr", engine: parameters[0].engine });
    ownerOfRate.set(this.rate, this);
  }

  /** The learning rate. Setting it takes effect at the next step, compiled ones included, and compiles nothing. */
  get lr(): number {
    return this.currentLr;
  }

  set lr(value: number) {
    requireRate(this.constructor.name, value);
    this.rate.write([value]);
    this.currentLr = value;
  }

  /**
   * One step: the gradients of `loss` (one number) and the updates of all parameters. In a compiled function they
   * become part of its plan, outside they run now; inside, what is computed from a parameter afterwards sees its new
   * value. Throws UsageError naming the parameters that the loss does not depend on, ShapeError for a loss of several
   * numbers.
   */
  step(loss: Tensor): void {
    this.applyGradients(gradients(loss, this.parameters));
  }

  /**
   * The same with gradients of the caller's own: one for each parameter, in order.
   * Throws UsageError for another count, ShapeError for another shape.
   */
  applyGradients(gradients: readonly Tensor[], { factor }: ApplyOptions = {}): void {
    requireGradients(this.constructor.name, this.parameters, gradients);
    withScope("optimizer", () => {
      const gathered = this.clusters.map((cluster) => gather(cluster, gradients));
      if (factor === undefined) {
        assignAll(this.updates(this.directed(gathered)));
        return;
      }
      const by = factor(gathered);
      const scaled = gathered.map((gradient) => mul(cast(gradient, "f32"), by));
      assignAll(this.updates(this.directed(scaled)).map((update) => onlyIfAbove0(by, update)));
    });
  }

  /**
   * What a run needs to go on as if it had not stopped, by name: the rate "lr" and, where the optimizer has them,
   * values per parameter under its place in `parameters`, "0.exp_avg". They are the live tensors, not copies.
   */
  stateDict(): Map<string, Tensor> {
    return new Map([["lr", this.rate], ...this.state()]);
  }

  /**
   * Writes `state`, which must have exactly the names and shapes of `stateDict()`. "lr" must be a number on the CPU or
   * another optimizer's. Throws UsageError and ShapeError, naming what does not fit, before anything is written.
   */
  loadStateDict(state: StateSource): void {
    const lr = rateIn(state);
    if (lr !== undefined) requireRate(`${this.constructor.name}.loadStateDict`, lr);
    loadState(this.stateDict(), state);
    this.currentLr = lr ?? this.currentLr;
  }

  /** Gives the memory of the optimizer's own state back; the parameters stay. */
  dispose(): void {
    for (const value of this.stateDict().values()) value.dispose();
  }

  /** Gradients clipped, and turned round where they are climbed. */
  private directed(gradients: readonly Tensor[]): readonly Tensor[] {
    const { maxGradNorm, maximize } = this;
    const clipped = maxGradNorm === undefined ? gradients : clipGradNorm(gradients, maxGradNorm).gradients;
    return maximize ? clipped.map((gradient) => neg(gradient)) : clipped;
  }

  /** Not for users: zeros for every parameter of clusters that `isFor` holds of, f32, laid out as the clusters are. */
  zeroState(isFor: (cluster: Cluster) => boolean = () => true): ClusterState {
    const parts: Tensor[] = [];
    const values: Tensor[] = [];
    this.clusters.forEach((cluster, place) => {
      if (!isFor(cluster)) return;
      const zeros = zerosLike(cluster, this.parameters);
      values[place] = zeros.value;
      cluster.members.forEach((member, index) => {
        parts[member] = zeros.parts[index];
      });
    });
    return { values, parts };
  }

  /** The updates of one step, clusters and own state, given the gradient of each cluster. */
  protected abstract updates(gradients: readonly Tensor[]): TensorUpdate[];

  /** The optimizer's own state beside the rate. */
  protected abstract state(): Iterable<readonly [name: string, value: Tensor]>;
}

/** `update`, which leaves its target as it is unless `factor` is above 0. */
function onlyIfAbove0(factor: Tensor, [target, value]: TensorUpdate): TensorUpdate {
  // Stretched before it is compared: so it is part of the update's own dispatch, and nothing but the factor is bound.
  return [target, where(greater(broadcastTo(factor, target.shape), 0), value, target)];
}

/**
 * The weight decay of a cluster's elements, `otherwise` where their group has none: one number, or where groups differ a
 * tensor of the cluster's shape, which is computed from the index and stored nowhere.
 */
export function weightDecayOf({ value, runs }: UpdateCluster, otherwise: number): number | Tensor {
  const decays = runs.map(({ weightDecay = otherwise }) => weightDecay);
  const last = decays[decays.length - 1];
  const index = () => arange(value.size, { dtype: "i32", engine: value.engine });
  return runs.reduceRight<number | Tensor>((rest, { end }, run) => {
    return rest === decays[run] ? rest : where(less(index(), end), decays[run], rest);
  }, last);
}

/** Throws UsageError, naming the option, unless `holds`. */
export function requireOption(
  owner: string,
  name: string,
  value: number,
  holds: boolean,
  allowed: string,
): void {
  if (holds && Number.isFinite(value)) return;
  throw new UsageError(`${owner}: ${name} is ${value}; it must be a finite number ${allowed}.`);
}

function groupsOf(given: readonly Tensor[] | readonly ParameterGroup[]): ParameterGroup[] {
  const isGroup = (entry: Tensor | ParameterGroup): entry is ParameterGroup =>
    !(entry instanceof Tensor) && Array.isArray(entry?.params);
  const entries: readonly (Tensor | ParameterGroup)[] = given;
  if (entries.length > 0 && entries.every(isGroup)) return [...entries];
  return [{ params: entries.filter((entry): entry is Tensor => !isGroup(entry)) }];
}

/** The clusters of all groups together; members are numbered through all of them. */
function clustersOf(
  groups: readonly ParameterGroup[],
  isApart: (parameter: Tensor) => boolean,
): UpdateCluster[] {
  const parameters = groups.flatMap(({ params }) => params);
  const decays = groups.flatMap(({ params, weightDecay }) => params.map(() => weightDecay));
  const packed = [false, true].flatMap((apart) => {
    const places = [...parameters.keys()].filter((place) => isApart(parameters[place]) === apart);
    const clusters = packTensors(places.map((place) => parameters[place]));
    return clusters.map((cluster) => ({
      ...cluster,
      members: cluster.members.map((index) => places[index]),
    }));
  });
  return packed.map((cluster) => {
    const runs: SettingsRun[] = [];
    let end = 0;
    for (const member of cluster.members) {
      end += parameters[member].size;
      const weightDecay = decays[member];
      if (runs[runs.length - 1]?.weightDecay === weightDecay && runs.length > 0) runs.pop();
      runs.push({ end, weightDecay });
    }
    return { ...cluster, runs };
  });
}

function requireRate(owner: string, lr: number): void {
  requireOption(owner, "lr", lr, lr >= 0, "from 0");
}

function requireParameters(owner: string, parameters: readonly Tensor[]): void {
  if (parameters.length === 0) {
    throw new UsageError(`${owner}: the list of parameters is empty; it must have at least one.`);
  }
  parameters.forEach((parameter, index) => {
    const name = nameOf(parameter, index);
    if (!(parameter instanceof Tensor)) {
      throw new UsageError(`${owner}: parameter ${index} is no tensor; pass model.parameters().`);
    }
    if (parameter.isTraced) {
      throw new UsageError(
        `${owner}: ${name} is a value of a compiled function; parameters must be tensors from outside.`,
      );
    }
    if (!isFloating(parameter.dtype)) {
      throw new DtypeError(`${owner}: ${name} has dtype ${parameter.dtype}; parameters must be f32 or f16.`);
    }
    if (parameters.indexOf(parameter) !== index) {
      throw new UsageError(`${owner}: ${name} is given twice; each parameter may stand once.`);
    }
    if (parameter.engine !== parameters[0].engine) {
      throw new UsageError(`${owner}: ${name} is of another engine; all parameters must be of one.`);
    }
  });
}

/** Throws UsageError for another count than that of `parameters`, ShapeError for other shapes. */
export function requireGradients(
  owner: string,
  parameters: readonly Tensor[],
  list: readonly Tensor[],
): void {
  if (list.length !== parameters.length) {
    throw new UsageError(
      `${owner}: ${list.length} gradients for ${parameters.length} parameters; the counts must be equal.`,
    );
  }
  parameters.forEach((parameter, index) => {
    if (isSameShape(list[index].shape, parameter.shape)) return;
    throw new ShapeError(
      `${owner}: the gradient of ${nameOf(parameter, index)} is ${printShape(list[index].shape)}; ` +
        `it must be ${printShape(parameter.shape)}.`,
    );
  });
}

function nameOf(parameter: Tensor, index: number): string {
  return parameter.name ?? `parameter ${index}`;
}

/** The number under "lr", or undefined where there is none or no number. */
function rateIn(state: StateSource): number | undefined {
  const entry = state.get("lr");
  if (!(entry instanceof Tensor)) return entry?.data[0];
  const owner = ownerOfRate.get(entry);
  if (owner === undefined) {
    throw new UsageError(
      "loadStateDict: lr is a tensor; it must be {shape, data}, or stand in the stateDict() of an optimizer.",
    );
  }
  return owner.lr;
}
