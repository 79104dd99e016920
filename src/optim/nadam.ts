// NAdam (Dozat, "Incorporating Nesterov Momentum into Adam", 2016): Adam that looks ahead along its momentum, which
// grows from about a half of beta1 to beta1.

import type { Tensor } from "../api/tensor.ts";
import { add, broadcastTo, div, exp, mul, sqrt, sub } from "../ops/index.ts";
import { AdamFamily, type AdamFamilyOptions } from "./adamFamily.ts";
import type { RuleInputs, RuleResult, Values } from "./elementwiseOptimizer.ts";
import { type ParameterGroup, requireOption } from "./optimizer.ts";

/** How NAdam is made. `lr` is 2e-3 by default. */
export interface NAdamOptions extends AdamFamilyOptions {
  /** p *= 1 - lr weightDecay instead of weightDecay * p added to the gradient. Default false. */
  readonly decoupledWeightDecay?: boolean;
  /** How fast the momentum grows. Default 4e-3. */
  readonly momentumDecay?: number;
}

/** Of the momentum's growth: beta1 (1 - 0.96^(t momentumDecay) / 2). */
const LOG_OF_GROWTH = Math.log(0.96);

/**
 * m and v as Adam's; mu(t) = beta1 (1 - 0.96^(t momentumDecay) / 2), M(t) = mu(1) … mu(t), at step t = 1, 2, …:
 * p -= lr ((1 - mu(t)) g / (1 - M(t)) + mu(t + 1) m / (1 - M(t + 1))) / (sqrt(v / (1 - beta2^t)) + eps).
 * State, all f32: "corrections" [4], "step", "mu_product", "<i>.exp_avg", "<i>.exp_avg_sq". Source: torch.optim.NAdam.
 */
export class NAdam extends AdamFamily {
  private readonly momentumDecay: number;

  /** Throws UsageError for options out of range. */
  constructor(parameters: readonly Tensor[] | readonly ParameterGroup[], options: NAdamOptions = {}) {
    const { momentumDecay = 4e-3 } = options;
    requireOption("NAdam", "momentumDecay", momentumDecay, momentumDecay >= 0, "from 0");
    const own = { ...options, lr: options.lr ?? 2e-3 };
    super(parameters, own, {
      decay: options.decoupledWeightDecay ? "parameter" : "gradient",
      clock: { step: 0, mu_product: 1 },
      state: { exp_avg: 0, exp_avg_sq: 0 },
    });
    this.momentumDecay = momentumDecay;
  }

  protected override advance(before: Values): Values {
    const step = add(before.step, 1);
    return { ...super.advance(before), step, mu_product: mul(before.mu_product, this.momentumAt(step)) };
  }

  protected rule({ p, g, lr, state, clock }: RuleInputs): RuleResult {
    const m = this.meanOf(g, state);
    const v = this.squareOf(g, state);
    const t = broadcastTo(clock.step, p.shape);
    const product = broadcastTo(clock.mu_product, p.shape);
    const [now, ahead] = [this.momentumAt(t), this.momentumAt(add(t, 1))];
    const ofGradient = mul(div(sub(1, now), sub(1, product)), g);
    const ofMomentum = mul(div(ahead, sub(1, mul(product, ahead))), m);
    const root = sqrt(div(v, this.correction(clock, 1, p.shape)));
    const change = div(mul(lr, add(ofGradient, ofMomentum)), add(root, this.eps));
    return { p: sub(p, change), state: { exp_avg: m, exp_avg_sq: v } };
  }

  /** mu(t). */
  private momentumAt(t: Tensor): Tensor {
    return mul(sub(1, mul(exp(mul(t, LOG_OF_GROWTH * this.momentumDecay)), 0.5)), this.betas[0]);
  }
}
