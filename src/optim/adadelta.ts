// Adadelta (Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012).

import type { Tensor } from "../api/tensor.ts";
import { add, div, mul, sqrt, sub } from "../ops/index.ts";
import { ElementwiseOptimizer, type RuleInputs, type RuleResult, towards } from "./elementwiseOptimizer.ts";
import { type OptimizerOptions, type ParameterGroup, requireOption } from "./optimizer.ts";

/** How Adadelta is made. `lr` is 1 by default. */
export interface AdadeltaOptions extends OptimizerOptions {
  /** How much of both running means each step keeps: from 0 to 1. Default 0.9. */
  readonly rho?: number;
  /** Added below both roots. Default 1e-6. */
  readonly eps?: number;
  /** Adds weightDecay * p to the gradient of p. Default 0. */
  readonly weightDecay?: number;
}

/**
 * v += (1 - rho) (g g - v); d = g sqrt(u + eps) / sqrt(v + eps); u += (1 - rho) (d d - u); p -= lr d.
 * State, all f32: "<i>.square_avg" (v), "<i>.acc_delta" (u). Source: torch.optim.Adadelta.
 */
export class Adadelta extends ElementwiseOptimizer {
  private readonly rho: number;
  private readonly eps: number;

  /** Throws UsageError for options out of range. */
  constructor(parameters: readonly Tensor[] | readonly ParameterGroup[], options: AdadeltaOptions = {}) {
    const { rho = 0.9, eps = 1e-6, weightDecay = 0 } = options;
    requireOption("Adadelta", "rho", rho, rho >= 0 && rho <= 1, "from 0 to 1");
    requireOption("Adadelta", "eps", eps, eps >= 0, "from 0");
    super(
      parameters,
      { ...options, lr: options.lr ?? 1 },
      { weightDecay, state: { square_avg: 0, acc_delta: 0 } },
    );
    this.rho = rho;
    this.eps = eps;
  }

  protected rule({ p, g, lr, state: { square_avg, acc_delta } }: RuleInputs): RuleResult {
    const kept = (mean: Tensor, next: Tensor) => towards(mean, mul(next, next), 1 - this.rho);
    const v = kept(square_avg, g);
    const d = mul(g, div(sqrt(add(acc_delta, this.eps)), sqrt(add(v, this.eps))));
    return { p: sub(p, mul(lr, d)), state: { square_avg: v, acc_delta: kept(acc_delta, d) } };
  }
}
