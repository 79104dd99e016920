// Adagrad (Duchi, Hazan and Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization", 2011).

import type { Tensor } from "../api/tensor.ts";
import { add, broadcastTo, div, mul, sqrt, sub } from "../ops/index.ts";
import {
  ElementwiseOptimizer,
  type RuleInputs,
  type RuleResult,
  type Values,
} from "./elementwiseOptimizer.ts";
import { type OptimizerOptions, type ParameterGroup, requireOption } from "./optimizer.ts";

/** How Adagrad is made. `lr` is 1e-2 by default. */
export interface AdagradOptions extends OptimizerOptions {
  /** The rate of step t = 1, 2, … is lr / (1 + (t - 1) lrDecay). Default 0. */
  readonly lrDecay?: number;
  /** Adds weightDecay * p to the gradient of p. Default 0. */
  readonly weightDecay?: number;
  /** What the sums of squares begin with. Default 0. */
  readonly initialAccumulatorValue?: number;
  /** Added to the root. Default 1e-10. */
  readonly eps?: number;
}

/**
 * s += g g; p -= lr g / (sqrt(s) + eps). State, all f32: with lrDecay "step", the count of steps; "<i>.sum".
 * Source: torch.optim.Adagrad.
 */
export class Adagrad extends ElementwiseOptimizer {
  private readonly lrDecay: number;
  private readonly eps: number;

  /** Throws UsageError for options out of range. */
  constructor(parameters: readonly Tensor[] | readonly ParameterGroup[], options: AdagradOptions = {}) {
    const { lrDecay = 0, weightDecay = 0, initialAccumulatorValue = 0, eps = 1e-10 } = options;
    requireOption("Adagrad", "lrDecay", lrDecay, lrDecay >= 0, "from 0");
    const start = initialAccumulatorValue;
    requireOption("Adagrad", "initialAccumulatorValue", start, start >= 0, "from 0");
    requireOption("Adagrad", "eps", eps, eps >= 0, "from 0");
    super(
      parameters,
      { ...options, lr: options.lr ?? 1e-2 },
      { weightDecay, state: { sum: start }, clock: lrDecay === 0 ? {} : { step: 0 } },
    );
    this.lrDecay = lrDecay;
    this.eps = eps;
  }

  protected override advance({ step }: Values): Values {
    return step === undefined ? {} : { step: add(step, 1) };
  }

  protected rule({ p, g, lr, state, before: { step } }: RuleInputs): RuleResult {
    const sum = add(state.sum, mul(g, g));
    const rate = step === undefined ? lr : div(lr, add(mul(broadcastTo(step, p.shape), this.lrDecay), 1));
    return { p: sub(p, div(mul(rate, g), add(sqrt(sum), this.eps))), state: { sum } };
  }
}
