// SGD with momentum (Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013), in
// the form of torch.optim.SGD: the rate is applied to the momentum, not put into it.

import type { Tensor } from "../api/tensor.ts";
import { UsageError } from "../base/errors.ts";
import { add, broadcastTo, greater, maximum, mul, sub, where } from "../ops/index.ts";
import {
  ElementwiseOptimizer,
  type RuleInputs,
  type RuleResult,
  type Values,
} from "./elementwiseOptimizer.ts";
import { type OptimizerOptions, type ParameterGroup, requireOption } from "./optimizer.ts";

/** How SGD is made. */
export interface SGDOptions extends OptimizerOptions {
  /** Default 0: no momentum, and no state. */
  readonly momentum?: number;
  /** How much of each gradient but the first is kept out of the momentum. Default 0. */
  readonly dampening?: number;
  /** Adds weightDecay * p to the gradient of p. Default 0. */
  readonly weightDecay?: number;
  /** Looks one step ahead along the momentum. Default false. */
  readonly nesterov?: boolean;
}

/**
 * g += weightDecay p; b = momentum b + (1 - dampening) g, but b = g at the first step; p -= lr b, or with nesterov
 * p -= lr (g + momentum b). State: "started" (0 or 1) with dampening, "<i>.momentum_buffer". Source: torch.optim.SGD.
 */
export class SGD extends ElementwiseOptimizer {
  private readonly momentum: number;
  private readonly dampening: number;
  private readonly nesterov: boolean;

  /** Throws UsageError for options out of range, and for nesterov without momentum or with dampening. */
  constructor(parameters: readonly Tensor[] | readonly ParameterGroup[], options: SGDOptions = {}) {
    const { momentum = 0, dampening = 0, weightDecay = 0, nesterov = false } = options;
    requireOption("SGD", "momentum", momentum, momentum >= 0, "from 0");
    requireOption("SGD", "dampening", dampening, true, "");
    if (nesterov && (momentum === 0 || dampening !== 0)) {
      throw new UsageError(
        `SGD: nesterov is set, momentum is ${momentum} and dampening ${dampening}; ` +
          "it needs a momentum above 0 and no dampening.",
      );
    }
    const hasMomentum = momentum !== 0;
    super(parameters, options, {
      weightDecay,
      state: hasMomentum ? { momentum_buffer: 0 } : {},
      // 0 before the first step, 1 after: what the first step does differently is decided on the GPU.
      clock: hasMomentum && dampening !== 0 ? { started: 0 } : {},
    });
    this.momentum = momentum;
    this.dampening = dampening;
    this.nesterov = nesterov;
  }

  protected override advance({ started }: Values): Values {
    return started === undefined ? {} : { started: maximum(started, 1) };
  }

  protected rule({ p, g, lr, state: { momentum_buffer }, before: { started } }: RuleInputs): RuleResult {
    if (momentum_buffer === undefined) return { p: sub(p, mul(g, lr)), state: {} };
    const b = add(mul(momentum_buffer, this.momentum), this.taken(g, started));
    const direction = this.nesterov ? add(g, mul(b, this.momentum)) : b;
    return { p: sub(p, mul(direction, lr)), state: { momentum_buffer: b } };
  }

  /** What of `g` goes into the momentum: all of it at the first step. */
  private taken(g: Tensor, started: Tensor | undefined): Tensor {
    if (started === undefined) return g;
    return where(greater(broadcastTo(started, g.shape), 0), mul(g, 1 - this.dampening), g);
  }
}
