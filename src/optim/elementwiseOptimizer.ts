// ElementwiseOptimizer: optimizers whose rule works on each element by itself, which are all but Muon.
//
// Decides: what such rules share. State per parameter and state per optimizer ("clock"), by PyTorch's names; arithmetic
// in f32 whatever the parameters; where weight decay goes; and that all of a rule is elementwise on a cluster's shape,
// scalars stretched first, so that parameters and state of a cluster are one dispatch. Leaves the formulas to each rule.

import type { Cluster } from "../api/pack.ts";
import { type Tensor, tensor } from "../api/tensor.ts";
import { add, broadcastTo, cast, mul, sub } from "../ops/index.ts";
import {
  type ClusterState,
  Optimizer,
  type OptimizerOptions,
  type ParameterGroup,
  requireOption,
  type TensorUpdate,
  weightDecayOf,
} from "./optimizer.ts";

/** Where decay goes: weightDecay * p is added to the gradient, or p *= 1 - lr weightDecay bypasses all state. */
export type Decay = "gradient" | "parameter";

/** Tensors by name. */
export type Values = Readonly<Record<string, Tensor>>;

/** What a kind of optimizer keeps, and how it decays. */
export interface ElementwiseDesign {
  readonly weightDecay?: number;
  /** Default "gradient". */
  readonly decay?: Decay;
  /** The state that each parameter has, of its shape, and the value with which it begins. */
  readonly state?: Readonly<Record<string, number>>;
  /** The state that all parameters share, which depends on the count of steps alone: a scalar or a list. */
  readonly clock?: Readonly<Record<string, number | readonly number[]>>;
  /** The rule's rate as a part of `lr`. Default 1. */
  readonly lrFactor?: number;
  /** Which parameters the rule is not for: they are packed apart, have none of the state, and get their own updates. */
  readonly isApart?: (parameter: Tensor) => boolean;
}

/** What a rule works with, all f32 and, but for the clock, of one shape. */
export interface RuleInputs {
  /** The parameter; decayed where decay bypasses the state. */
  readonly p: Tensor;
  /** The gradient, with decay where that is added to it. */
  readonly g: Tensor;
  readonly lr: Tensor;
  /** The parameter's state before this step. */
  readonly state: Values;
  /** The clock before this step, and as it is advanced by it. */
  readonly before: Values;
  readonly clock: Values;
}

/** What a rule makes: the parameter, and the state under its names. */
export interface RuleResult {
  readonly p: Tensor;
  readonly state: Values;
}

/** The base of elementwise optimizers. */
export abstract class ElementwiseOptimizer extends Optimizer {
  protected readonly weightDecay: number;
  /** Whether a cluster is of parameters which the rule is not for. */
  protected readonly isApart: (cluster: Cluster) => boolean;
  private readonly decay: Decay;
  private readonly lrFactor: number;
  private readonly slots: readonly (readonly [name: string, values: ClusterState])[];
  private readonly clock: Values;

  /** Throws UsageError and DtypeError as Optimizer does, and UsageError for a weight decay below 0. */
  constructor(
    parameters: readonly Tensor[] | readonly ParameterGroup[],
    options: OptimizerOptions,
    {
      weightDecay = 0,
      decay = "gradient",
      state = {},
      clock = {},
      lrFactor = 1,
      isApart = () => false,
    }: ElementwiseDesign,
  ) {
    super(parameters, options, isApart);
    requireOption(new.target.name, "weightDecay", weightDecay, weightDecay >= 0, "from 0");
    this.weightDecay = weightDecay;
    this.decay = decay;
    this.lrFactor = lrFactor;
    this.isApart = ({ members }) => isApart(this.parameters[members[0]]);
    const { engine } = this.parameters[0];
    const clocks = Object.entries(clock).map(([name, start]) => {
      const isList = typeof start === "object";
      return [
        name,
        tensor(isList ? start : [start], isList ? [start.length] : [], { engine, name }),
      ] as const;
    });
    this.clock = Object.fromEntries(clocks);
    this.slots = Object.entries(state).map(([name, start]) => [name, this.stateOf(start)]);
  }

  protected updates(gradients: readonly Tensor[]): TensorUpdate[] {
    const clock = this.advance(this.clock);
    const ticks = Object.entries(clock).map(([name, value]): TensorUpdate => [this.clock[name], value]);
    return [
      ...ticks,
      ...this.clusters.flatMap((cluster, index) =>
        this.isApart(cluster)
          ? this.updatesApart(index, gradients[index])
          : this.updatesOf(index, gradients[index], clock),
      ),
    ];
  }

  protected *state(): Iterable<readonly [string, Tensor]> {
    yield* Object.entries(this.clock);
    for (const index of this.parameters.keys()) {
      for (const [name, { parts }] of this.slots) {
        if (parts[index] !== undefined) yield [`${index}.${name}`, parts[index]];
      }
    }
  }

  /** The clock after one more step: by the same names. */
  protected advance(before: Values): Values {
    return before;
  }

  /** The values of one cluster after the step. */
  protected abstract rule(inputs: RuleInputs): RuleResult;

  /** The updates of a cluster which the rule is not for. */
  protected updatesApart(_index: number, _gradient: Tensor): TensorUpdate[] {
    return [];
  }

  private updatesOf(index: number, gradient: Tensor, clock: Values): TensorUpdate[] {
    const cluster = this.clusters[index];
    const { value: parameter } = cluster;
    const weightDecay = weightDecayOf(cluster, this.weightDecay);
    const decay = weightDecay === 0 ? undefined : this.decay;
    const old = cast(parameter, "f32");
    const raw = cast(gradient, "f32");
    const rate = broadcastTo(this.rate, parameter.shape);
    const lr = this.lrFactor === 1 ? rate : mul(rate, this.lrFactor);
    const { p, state } = this.rule({
      p: decay === "parameter" ? mul(old, sub(1, mul(lr, weightDecay))) : old,
      g: decay === "gradient" ? add(raw, mul(old, weightDecay)) : raw,
      lr,
      state: Object.fromEntries(this.slots.map(([name, { values }]) => [name, values[index]])),
      before: this.clock,
      clock,
    });
    const kept = this.slots.map(([name, { values }]): TensorUpdate => [values[index], state[name]]);
    return [...kept, [parameter, cast(p, parameter.dtype)]];
  }

  private stateOf(start: number): ClusterState {
    const state = this.zeroState((cluster) => !this.isApart(cluster));
    if (start === 0) return state;
    state.values.forEach((value) => {
      value.write(new Float32Array(value.size).fill(start));
    });
    return state;
  }
}

/** A running mean after `next`, which it takes up with `weight`. */
export function towards(mean: Tensor, next: Tensor, weight: number): Tensor {
  return add(mean, mul(sub(next, mean), weight));
}

/** Throws UsageError, naming the beta, unless all are from 0 and below 1. */
export function requireBetas(owner: string, betas: readonly number[]): void {
  betas.forEach((beta, index) => {
    requireOption(owner, `betas[${index}]`, beta, beta >= 0 && beta < 1, "from 0 and below 1");
  });
}
