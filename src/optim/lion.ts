// Lion (Chen et al., "Symbolic Discovery of Optimization Algorithms", 2023): steps of one size, by the sign of a momentum.

import type { Tensor } from "../api/tensor.ts";
import { greater, less, mul, sub, where } from "../ops/index.ts";
import {
  ElementwiseOptimizer,
  type RuleInputs,
  type RuleResult,
  requireBetas,
  towards,
} from "./elementwiseOptimizer.ts";
import type { OptimizerOptions, ParameterGroup } from "./optimizer.ts";

/** How Lion is made. `lr` is 1e-4 by default: steps are larger than Adam's at the same rate. */
export interface LionOptions extends OptimizerOptions {
  /** How much of the momentum the step takes, and how much of it each step keeps. Default [0.9, 0.99]. */
  readonly betas?: readonly [first: number, second: number];
  /** p *= 1 - lr weightDecay. Default 0. */
  readonly weightDecay?: number;
}

/**
 * p *= 1 - lr weightDecay; p -= lr sign(beta1 m + (1 - beta1) g); m += (1 - beta2) (g - m). The sign of 0 is 0, that of
 * NaN is NaN. State: "<i>.exp_avg", f32. Source: the paper's algorithm 2 and defaults; torch.optim has none.
 */
export class Lion extends ElementwiseOptimizer {
  private readonly betas: readonly [number, number];

  /** Throws UsageError for options out of range. */
  constructor(parameters: readonly Tensor[] | readonly ParameterGroup[], options: LionOptions = {}) {
    const { betas = [0.9, 0.99], weightDecay = 0 } = options;
    requireBetas("Lion", betas);
    super(
      parameters,
      { ...options, lr: options.lr ?? 1e-4 },
      { weightDecay, decay: "parameter", state: { exp_avg: 0 } },
    );
    this.betas = betas;
  }

  protected rule({ p, g, lr, state: { exp_avg } }: RuleInputs): RuleResult {
    const [first, second] = this.betas;
    const mixed = towards(exp_avg, g, 1 - first);
    const sign = where(greater(mixed, 0), 1, where(less(mixed, 0), -1, mixed));
    const m = towards(exp_avg, g, 1 - second);
    return { p: sub(p, mul(lr, sign)), state: { exp_avg: m } };
  }
}
