// AdamFamily: what Adam and its kin share. Running means m of g and v of g g, and the corrections of their beginning at 0.
//
// Decides: how the step count t enters without being compiled in. 1 - beta^t and beta^t both stand on the GPU and are
// advanced by the plan. Each is accurate where the other is not: 1 - beta^t while it is small, beta^t afterwards, where
// 1 - beta^t could not grow by less than its own rounding and would stop short of 1.

import { type Tensor, tensor } from "../api/tensor.ts";
import { add, broadcastTo, less, mul, reshape, slice, sub, where } from "../ops/index.ts";
import {
  type ElementwiseDesign,
  ElementwiseOptimizer,
  requireBetas,
  towards,
  type Values,
} from "./elementwiseOptimizer.ts";
import { type OptimizerOptions, type ParameterGroup, requireOption } from "./optimizer.ts";

/** How all of the family are made. */
export interface AdamFamilyOptions extends OptimizerOptions {
  /** How much of the running means of g and of g * g each step keeps. Default [0.9, 0.999]. */
  readonly betas?: readonly [first: number, second: number];
  /** Added to the root of the second moment. Default 1e-8. */
  readonly eps?: number;
  /** Adds weightDecay * p to the gradient of p, unless decay is decoupled: then p *= 1 - lr weightDecay. Default 0. */
  readonly weightDecay?: number;
}

/** Elements of the corrections: 1 - beta^t for both betas, then beta^t for both. */
const CORRECTION_STARTS = [0, 0, 1, 1];
const CORRECTION_ENDS = [1, 1, 0, 0];

/** The base of the family; its clock has "corrections" [4]. */
export abstract class AdamFamily extends ElementwiseOptimizer {
  protected readonly betas: readonly [number, number];
  protected readonly eps: number;
  /** What the corrections strive for, and by which fraction of the way at each step. */
  private readonly limits: Tensor;
  private readonly fractions: Tensor;

  /** Throws UsageError for options out of range. */
  constructor(
    parameters: readonly Tensor[] | readonly ParameterGroup[],
    options: AdamFamilyOptions,
    { clock, ...design }: ElementwiseDesign,
  ) {
    const { betas = [0.9, 0.999], eps = 1e-8, weightDecay = 0 } = options;
    requireBetas(new.target.name, betas);
    requireOption(new.target.name, "eps", eps, eps >= 0, "from 0");
    super(parameters, options, {
      weightDecay,
      clock: { corrections: CORRECTION_STARTS, ...clock },
      ...design,
    });
    this.betas = betas;
    this.eps = eps;
    const { engine } = this.parameters[0];
    const [first, second] = betas;
    this.limits = tensor(CORRECTION_ENDS, [4], { engine });
    this.fractions = tensor([1 - first, 1 - second, 1 - first, 1 - second], [4], { engine });
  }

  override dispose(): void {
    super.dispose();
    this.limits.dispose();
    this.fractions.dispose();
  }

  protected override advance({ corrections }: Values): Values {
    return { corrections: add(corrections, mul(this.fractions, sub(this.limits, corrections))) };
  }

  /** m after a step with `g`. */
  protected meanOf(g: Tensor, { exp_avg }: Values): Tensor {
    return towards(exp_avg, g, 1 - this.betas[0]);
  }

  /** v after a step with `g`. */
  protected squareOf(g: Tensor, { exp_avg_sq }: Values): Tensor {
    return towards(exp_avg_sq, mul(g, g), 1 - this.betas[1]);
  }

  /** 1 - beta^t of the first or second beta, stretched to `shape`. */
  protected correction(clock: Values, which: 0 | 1, shape: readonly number[]): Tensor {
    const grown = entry(clock, which, shape);
    return where(less(grown, 0.5), grown, sub(1, this.powerOf(clock, which, shape)));
  }

  /** beta^t of the first or second beta, stretched to `shape`. */
  protected powerOf(clock: Values, which: 0 | 1, shape: readonly number[]): Tensor {
    return entry(clock, which + 2, shape);
  }
}

function entry({ corrections }: Values, index: number, shape: readonly number[]): Tensor {
  return broadcastTo(reshape(slice(corrections, { starts: [index], ends: [index + 1] }), []), shape);
}
