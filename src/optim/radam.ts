// RAdam (Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond", 2020): Adam that steps by momentum
// alone until its second moment can be trusted, and rectified after that.

import type { Tensor } from "../api/tensor.ts";
import { add, broadcastTo, div, greater, less, mul, sqrt, sub, where } from "../ops/index.ts";
import { AdamFamily, type AdamFamilyOptions } from "./adamFamily.ts";
import type { RuleInputs, RuleResult, Values } from "./elementwiseOptimizer.ts";
import type { ParameterGroup } from "./optimizer.ts";

/** How RAdam is made. */
export interface RAdamOptions extends AdamFamilyOptions {
  /** p *= 1 - lr weightDecay instead of weightDecay * p added to the gradient. Default false. */
  readonly decoupledWeightDecay?: boolean;
}

/** Up to this length of the second moment's mean PyTorch steps by momentum alone. */
const TRUSTED_LENGTH = 5;

/**
 * m and v as Adam's. At step t = 1, 2, … v is a mean over r(t) = r - 2 t beta2^t / (1 - beta2^t) gradients, where
 * r = 2 / (1 - beta2) - 1. Up to r(t) = 5: p -= lr m'; then p -= lr m' c sqrt(1 - beta2^t) / (sqrt(v) + eps), where
 * m' = m / (1 - beta1^t), c^2 = (r(t) - 4) (r(t) - 2) r / ((r - 4) (r - 2) r(t)). State, all f32: "corrections" [4],
 * "step", "weighted_steps", "<i>.exp_avg", "<i>.exp_avg_sq". Source: torch.optim.RAdam.
 */
export class RAdam extends AdamFamily {
  /** r: what r(t) comes to. */
  private readonly longest: number;

  /** Throws UsageError for options out of range. */
  constructor(parameters: readonly Tensor[] | readonly ParameterGroup[], options: RAdamOptions = {}) {
    super(parameters, options, {
      decay: options.decoupledWeightDecay ? "parameter" : "gradient",
      clock: { step: 0, weighted_steps: 0 },
      state: { exp_avg: 0, exp_avg_sq: 0 },
    });
    this.longest = 2 / (1 - this.betas[1]) - 1;
  }

  /** weighted_steps: (1 - beta2) times the sum of (2 i - 1) beta2^(i - 1) over i = 1 … t. */
  protected override advance(before: Values): Values {
    const step = add(before.step, 1);
    const weight = mul(mul(this.powerOf(before, 1, []), 1 - this.betas[1]), sub(mul(step, 2), 1));
    return { ...super.advance(before), step, weighted_steps: add(before.weighted_steps, weight) };
  }

  protected rule({ p, g, lr, state, clock }: RuleInputs): RuleResult {
    const m = this.meanOf(g, state);
    const v = this.squareOf(g, state);
    const rate = div(lr, this.correction(clock, 0, p.shape));
    const ofSecond = this.correction(clock, 1, p.shape);
    const scale = div(sqrt(ofSecond), add(sqrt(v), this.eps));
    const step = mul(mul(rate, m), this.rectified(this.lengthAt(clock, ofSecond), scale));
    return { p: sub(p, step), state: { exp_avg: m, exp_avg_sq: v } };
  }

  /**
   * r(t). It is the mean of 2 i - 1 weighted by beta2^(i - 1) as well, which takes no difference of large numbers while t
   * is small; afterwards that sum would have rounded at each of many steps.
   */
  private lengthAt(clock: Values, ofSecond: Tensor): Tensor {
    const { shape } = ofSecond;
    const early = div(broadcastTo(clock.weighted_steps, shape), ofSecond);
    const steps = mul(broadcastTo(clock.step, shape), 2);
    const late = sub(this.longest, div(mul(steps, this.powerOf(clock, 1, shape)), ofSecond));
    return where(less(ofSecond, 0.5), early, late);
  }

  /** c times `scale` where the length is trusted, 1 elsewhere. */
  private rectified(length: Tensor, scale: Tensor): Tensor | number {
    const { longest } = this;
    if (longest <= TRUSTED_LENGTH) return 1;
    const most = longest / ((longest - 4) * (longest - 2));
    const c = sqrt(mul(mul(sub(length, 4), most), div(sub(length, 2), length)));
    return where(greater(length, TRUSTED_LENGTH), mul(c, scale), 1);
  }
}
