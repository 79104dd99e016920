// Adam (Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015), and what AdamW shares with it.

import type { Tensor } from "../api/tensor.ts";
import { add, div, maximum, mul, sqrt, sub } from "../ops/index.ts";
import { AdamFamily, type AdamFamilyOptions } from "./adamFamily.ts";
import type { Decay, ElementwiseDesign, RuleInputs, RuleResult } from "./elementwiseOptimizer.ts";
import type { ParameterGroup } from "./optimizer.ts";

/** How Adam and AdamW are made. */
export interface AdamOptions extends AdamFamilyOptions {
  /** Default 0 for Adam, where it adds weightDecay * p to the gradient; 0.01 for AdamW, where p *= 1 - lr weightDecay. */
  readonly weightDecay?: number;
  /** Divides by the root of the largest second moment so far (Reddi et al., 2018). Default false. */
  readonly amsgrad?: boolean;
}

/**
 * m += (1 - beta1) (g - m); v += (1 - beta2) (g g - v); p -= lr m' / (sqrt(v') + eps), where m' = m / (1 - beta1^t) and
 * v' = v / (1 - beta2^t) at step t = 1, 2, …; with amsgrad, v' is of the largest v so far. State: "corrections" [4],
 * "<i>.exp_avg", "<i>.exp_avg_sq", with amsgrad "<i>.max_exp_avg_sq", all f32. Source: torch.optim.Adam.
 */
export class Adam extends AdamFamily {
  private readonly amsgrad: boolean;

  /** Throws UsageError for options out of range. */
  constructor(
    parameters: readonly Tensor[] | readonly ParameterGroup[],
    options: AdamOptions = {},
    decay: Decay = "gradient",
    design: ElementwiseDesign = {},
  ) {
    const { amsgrad = false } = options;
    const state = { exp_avg: 0, exp_avg_sq: 0, ...(amsgrad ? { max_exp_avg_sq: 0 } : {}) };
    super(parameters, options, { ...design, decay, state });
    this.amsgrad = amsgrad;
  }

  protected rule({ p, g, lr, state, clock }: RuleInputs): RuleResult {
    const m = this.meanOf(g, state);
    const v = this.squareOf(g, state);
    const largest = this.amsgrad ? maximum(state.max_exp_avg_sq, v) : v;
    const root = div(sqrt(largest), sqrt(this.correction(clock, 1, p.shape)));
    const step = div(mul(m, div(lr, this.correction(clock, 0, p.shape))), add(root, this.eps));
    return { p: sub(p, step), state: { exp_avg: m, exp_avg_sq: v, max_exp_avg_sq: largest } };
  }
}
