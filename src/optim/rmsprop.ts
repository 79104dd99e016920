// RMSprop (Tieleman and Hinton, "Lecture 6.5 - rmsprop", 2012), centered as in Graves, "Generating Sequences With
// Recurrent Neural Networks" (2013).

import type { Tensor } from "../api/tensor.ts";
import { add, div, maximum, mul, sqrt, sub } from "../ops/index.ts";
import { ElementwiseOptimizer, type RuleInputs, type RuleResult, towards } from "./elementwiseOptimizer.ts";
import { type OptimizerOptions, type ParameterGroup, requireOption } from "./optimizer.ts";

/** How RMSprop is made. `lr` is 1e-2 by default. */
export interface RMSpropOptions extends OptimizerOptions {
  /** How much of the running mean of g * g each step keeps. Default 0.99. */
  readonly alpha?: number;
  /** Added to the root. Default 1e-8. */
  readonly eps?: number;
  /** Adds weightDecay * p to the gradient of p. Default 0. */
  readonly weightDecay?: number;
  /** Default 0: no momentum. */
  readonly momentum?: number;
  /** Divides by the estimated deviation of g instead of its root mean square. Default false. */
  readonly centered?: boolean;
}

/**
 * v += (1 - alpha) (g g - v); d = g / (sqrt(v) + eps); b = momentum b + d; p -= lr b. Centered: sqrt(v - a a), where
 * a += (1 - alpha) (g - a); what rounding takes below 0 there counts as 0. State, all f32: "<i>.square_avg", with momentum
 * "<i>.momentum_buffer", centered "<i>.grad_avg". Source: torch.optim.RMSprop.
 */
export class RMSprop extends ElementwiseOptimizer {
  private readonly alpha: number;
  private readonly eps: number;
  private readonly momentum: number;

  /** Throws UsageError for options out of range. */
  constructor(parameters: readonly Tensor[] | readonly ParameterGroup[], options: RMSpropOptions = {}) {
    const { alpha = 0.99, eps = 1e-8, weightDecay = 0, momentum = 0, centered = false } = options;
    requireOption("RMSprop", "alpha", alpha, alpha >= 0, "from 0");
    requireOption("RMSprop", "eps", eps, eps >= 0, "from 0");
    requireOption("RMSprop", "momentum", momentum, momentum >= 0, "from 0");
    super(
      parameters,
      { ...options, lr: options.lr ?? 1e-2 },
      {
        weightDecay,
        state: {
          square_avg: 0,
          ...(momentum > 0 ? { momentum_buffer: 0 } : {}),
          ...(centered ? { grad_avg: 0 } : {}),
        },
      },
    );
    this.alpha = alpha;
    this.eps = eps;
    this.momentum = momentum;
  }

  protected rule({ p, g, lr, state: { square_avg, momentum_buffer, grad_avg } }: RuleInputs): RuleResult {
    const kept = (mean: Tensor, next: Tensor) => towards(mean, next, 1 - this.alpha);
    const v = kept(square_avg, mul(g, g));
    const state: Record<string, Tensor> = { square_avg: v };
    let variance = v;
    if (grad_avg !== undefined) {
      state.grad_avg = kept(grad_avg, g);
      variance = maximum(sub(v, mul(state.grad_avg, state.grad_avg)), 0);
    }
    let direction = div(g, add(sqrt(variance), this.eps));
    if (momentum_buffer !== undefined) {
      direction = add(mul(momentum_buffer, this.momentum), direction);
      state.momentum_buffer = direction;
    }
    return { p: sub(p, mul(lr, direction)), state };
  }
}
