// Rprop (Riedmiller and Braun, "A direct adaptive method for faster backpropagation learning", 1993): a step size for
// each element, by the signs of its gradients alone. For gradients of the whole data set.

import type { Tensor } from "../api/tensor.ts";
import { UsageError } from "../base/errors.ts";
import { clamp, greater, less, mul, sub, where } from "../ops/index.ts";
import { ElementwiseOptimizer, type RuleInputs, type RuleResult } from "./elementwiseOptimizer.ts";
import type { OptimizerOptions, ParameterGroup } from "./optimizer.ts";

/** How Rprop is made. `lr`, 1e-2 by default, is the size of the first step; later changes of it have no effect. */
export interface RpropOptions extends OptimizerOptions {
  /** What a step size is multiplied by where the gradient's sign has changed, and where it has not. Default [0.5, 1.2]. */
  readonly etas?: readonly [minus: number, plus: number];
  /** The least and the largest step size. Default [1e-6, 50]. */
  readonly stepSizes?: readonly [least: number, largest: number];
}

/**
 * Where the sign of g changed: s *= etas[0], and g counts as 0; where it did not, s *= etas[1]; where either was 0, s
 * stays. Then s is put between stepSizes, and p -= s sign(g). State, all f32: "<i>.prev" (g), "<i>.step_size" (s).
 * Source: torch.optim.Rprop.
 */
export class Rprop extends ElementwiseOptimizer {
  private readonly etas: readonly [number, number];
  private readonly stepSizes: readonly [number, number];

  /** Throws UsageError for options out of range. */
  constructor(parameters: readonly Tensor[] | readonly ParameterGroup[], options: RpropOptions = {}) {
    const { lr = 1e-2, etas = [0.5, 1.2], stepSizes = [1e-6, 50] } = options;
    const [minus, plus] = etas;
    if (!(minus > 0 && minus < 1 && plus > 1 && plus < Infinity)) {
      throw new UsageError(
        `Rprop: etas are [${etas.join(", ")}]; the first must be above 0 and below 1, the second above 1.`,
      );
    }
    const [least, largest] = stepSizes;
    if (!(least >= 0 && least <= largest && largest < Infinity)) {
      throw new UsageError(
        `Rprop: stepSizes are [${stepSizes.join(", ")}]; they must be finite numbers from 0, the first not the larger.`,
      );
    }
    super(parameters, { ...options, lr }, { state: { prev: 0, step_size: lr } });
    this.etas = etas;
    this.stepSizes = stepSizes;
  }

  protected rule({ p, g, state: { prev, step_size } }: RuleInputs): RuleResult {
    const [minus, plus] = this.etas;
    const [min, max] = this.stepSizes;
    const trend = mul(g, prev);
    const factor = where(greater(trend, 0), plus, where(less(trend, 0), minus, 1));
    const size = clamp(mul(step_size, factor), { min, max });
    const kept = where(less(trend, 0), 0, g);
    const sign = where(greater(kept, 0), 1, where(less(kept, 0), -1, kept));
    return { p: sub(p, mul(size, sign)), state: { prev: kept, step_size: size } };
  }
}
