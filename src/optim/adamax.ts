// Adamax (Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015, section 7): Adam by the largest gradient.

import type { Tensor } from "../api/tensor.ts";
import { abs, add, div, maximum, mul, sub } from "../ops/index.ts";
import { AdamFamily, type AdamFamilyOptions } from "./adamFamily.ts";
import type { RuleInputs, RuleResult } from "./elementwiseOptimizer.ts";
import type { ParameterGroup } from "./optimizer.ts";

/** How Adamax is made. `lr` is 2e-3 by default, the second beta is of the largest |g|, and eps is added to |g|. */
export type AdamaxOptions = AdamFamilyOptions;

/**
 * m += (1 - beta1) (g - m); u = max(beta2 u, |g| + eps); p -= lr m / ((1 - beta1^t) u) at step t = 1, 2, ….
 * State, all f32: "corrections" [4], "<i>.exp_avg", "<i>.exp_inf". Source: torch.optim.Adamax.
 */
export class Adamax extends AdamFamily {
  /** Throws UsageError for options out of range. */
  constructor(parameters: readonly Tensor[] | readonly ParameterGroup[], options: AdamaxOptions = {}) {
    const state = { exp_avg: 0, exp_inf: 0 };
    super(parameters, { ...options, lr: options.lr ?? 2e-3 }, { state });
  }

  protected rule({ p, g, lr, state, clock }: RuleInputs): RuleResult {
    const m = this.meanOf(g, state);
    const u = maximum(mul(state.exp_inf, this.betas[1]), add(abs(g), this.eps));
    const rate = div(lr, this.correction(clock, 0, p.shape));
    return { p: sub(p, mul(rate, div(m, u))), state: { exp_avg: m, exp_inf: u } };
  }
}
