// Adam (Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015), and what AdamW shares with it.
//
// Decides: how the step count enters without being compiled in. 1 - beta^t and beta^t both stand on the GPU and are
// advanced by the plan. Each is accurate where the other is not: 1 - beta^t while it is small, beta^t afterwards, where
// 1 - beta^t could not grow by less than its own rounding and would stop short of 1.

import { type Tensor, tensor } from "../api/tensor.ts";
import { add, broadcastTo, cast, div, less, mul, reshape, slice, sqrt, sub, where } from "../ops/index.ts";
import {
  type ClusterState,
  Optimizer,
  type OptimizerOptions,
  type ParameterGroup,
  requireOption,
  type TensorUpdate,
} from "./optimizer.ts";

/** How Adam and AdamW are made. */
export interface AdamOptions extends OptimizerOptions {
  /** How much of the running means of g and of g * g each step keeps. Default [0.9, 0.999]. */
  readonly betas?: readonly [first: number, second: number];
  /** Added to the root of the second moment. Default 1e-8. */
  readonly eps?: number;
  /** Default 0 for Adam, where it adds weightDecay * p to the gradient; 0.01 for AdamW, where p *= 1 - lr weightDecay. */
  readonly weightDecay?: number;
}

/** Where decay by weightDecay is applied. */
type Decay = "gradient" | "parameter";

/** Elements of the corrections: 1 - beta^t for both betas, then beta^t for both. */
const CORRECTION_STARTS = [0, 0, 1, 1];
const CORRECTION_ENDS = [1, 1, 0, 0];

/**
 * m += (1 - beta1) (g - m); v += (1 - beta2) (g g - v); p -= lr m' / (sqrt(v') + eps), where m' = m / (1 - beta1^t) and
 * v' = v / (1 - beta2^t) at step t = 1, 2, … State: "corrections" [4], "<i>.exp_avg", "<i>.exp_avg_sq", all f32.
 * Source: torch.optim.Adam.
 */
export class Adam extends Optimizer {
  private readonly betas: readonly [number, number];
  private readonly eps: number;
  private readonly weightDecay: number;
  private readonly means: ClusterState;
  private readonly squares: ClusterState;
  private readonly corrections: Tensor;
  /** What the corrections strive for, and by which fraction of the way at each step. */
  private readonly limits: Tensor;
  private readonly fractions: Tensor;

  /** Throws UsageError for options out of range. */
  constructor(parameters: readonly Tensor[] | readonly ParameterGroup[], options: AdamOptions = {}) {
    super(parameters, options);
    const { betas = [0.9, 0.999], eps = 1e-8, weightDecay = 0 } = options;
    const owner = new.target.name;
    betas.forEach((beta, index) => {
      requireOption(owner, `betas[${index}]`, beta, beta >= 0 && beta < 1, "from 0 and below 1");
    });
    requireOption(owner, "eps", eps, eps >= 0, "from 0");
    requireOption(owner, "weightDecay", weightDecay, weightDecay >= 0, "from 0");
    this.betas = betas;
    this.eps = eps;
    this.weightDecay = weightDecay;
    const { engine } = this.parameters[0];
    const [first, second] = betas;
    this.corrections = tensor(CORRECTION_STARTS, [4], { engine, name: "corrections" });
    this.limits = tensor(CORRECTION_ENDS, [4], { engine });
    this.fractions = tensor([1 - first, 1 - second, 1 - first, 1 - second], [4], { engine });
    this.means = this.zeroState();
    this.squares = this.zeroState();
  }

  override dispose(): void {
    super.dispose();
    this.limits.dispose();
    this.fractions.dispose();
  }

  protected updates(gradients: readonly Tensor[]): TensorUpdate[] {
    const { corrections, limits, fractions } = this;
    const advanced = add(corrections, mul(fractions, sub(limits, corrections)));
    const updates = this.clusters.flatMap((_, index) => this.updatesOf(index, gradients[index], advanced));
    return [[corrections, advanced], ...updates];
  }

  protected *state(): Iterable<readonly [string, Tensor]> {
    yield ["corrections", this.corrections];
    for (const [index, mean] of this.means.parts.entries()) {
      yield [`${index}.exp_avg`, mean];
      yield [`${index}.exp_avg_sq`, this.squares.parts[index]];
    }
  }

  /** Where the decay goes. */
  protected decay(): Decay {
    return "gradient";
  }

  /** Elementwise throughout, scalars stretched first, so that all three updates of a cluster are one dispatch. */
  private updatesOf(index: number, gradient: Tensor, corrections: Tensor): TensorUpdate[] {
    const { value: parameter, weightDecay = this.weightDecay } = this.clusters[index];
    const { shape } = parameter;
    const [first, second] = this.betas;
    const p = cast(parameter, "f32");
    const lr = broadcastTo(this.rate, shape);
    const decay = weightDecay === 0 ? undefined : this.decay();
    const raw = cast(gradient, "f32");
    const g = decay === "gradient" ? add(raw, mul(p, weightDecay)) : raw;
    const start = decay === "parameter" ? mul(p, sub(1, mul(lr, weightDecay))) : p;
    const mean = this.means.values[index];
    const squared = this.squares.values[index];
    const m = add(mean, mul(sub(g, mean), 1 - first));
    const v = add(squared, mul(sub(mul(g, g), squared), 1 - second));
    const root = div(sqrt(v), sqrt(correction(corrections, 1, shape)));
    const step = div(mul(m, div(lr, correction(corrections, 0, shape))), add(root, this.eps));
    return [
      [mean, m],
      [squared, v],
      [parameter, cast(sub(start, step), parameter.dtype)],
    ];
  }
}

/** 1 - beta^t of the first or second beta, stretched to `shape`. */
function correction(corrections: Tensor, which: 0 | 1, shape: readonly number[]): Tensor {
  const entry = (index: number) =>
    broadcastTo(reshape(slice(corrections, { starts: [index], ends: [index + 1] }), []), shape);
  const grown = entry(which);
  return where(less(grown, 0.5), grown, sub(1, entry(which + 2)));
}
