// weightNorm: a layer's weight as a direction and a length, each a parameter of its own. After Salimans and Kingma, "Weight
// Normalization: A Simple Reparameterization to Accelerate Training of Deep Neural Networks" (2016).

import type { Tensor } from "../api/tensor.ts";
import { requireWhole } from "../base/requireWhole.ts";
import { cast, div, mul, norm } from "../ops/index.ts";
import type { AnyModule } from "./module.ts";
import { parameter } from "./parameter.ts";
import { parametrizeWeight, requireWeight } from "./parametrization.ts";

/** How `weightNorm` measures. */
export interface WeightNormOptions {
  /** The axis along which each part of the weight has a length of its own; null: the whole weight has one. Default 0. */
  readonly axis?: number | null;
}

/**
 * `module` itself, whose weight from now on is v g / |v|. State: "parametrizations.weight.original0" (g, the lengths, of 1 on
 * all axes but `axis`, and without axes for null) and "parametrizations.weight.original1" (v, the weight as it was) in the
 * place of "weight"; at first g = |v|. module: a layer with a parameter `weight` of two axes or more, such as Linear,
 * Conv2d or ConvTranspose2d. Comes before the optimizer is made, and outside of compiled functions. A part of v that is 0
 * makes its weight NaN, as in PyTorch. Throws UsageError for another module and for an axis out of range.
 * Source: torch.nn.utils.parametrizations.weight_norm.
 */
export function weightNorm<M extends AnyModule>(module: M, { axis = 0 }: WeightNormOptions = {}): M {
  const weight = requireWeight("weightNorm", module);
  if (axis !== null) requireWhole("weightNorm: axis", axis, 0, weight.shape.length - 1);
  const length = parameter(cast(lengthOf(weight, axis), weight.dtype));
  const originals = [["original0", length] as const, ["original1", weight] as const];
  return parametrizeWeight(module, originals, () =>
    cast(mul(weight, div(length, lengthOf(weight, axis))), weight.dtype),
  );
}

/** The norm of each part of the weight in f32, with as many axes; or of all of it, without axes. */
function lengthOf(weight: Tensor, axis: number | null): Tensor {
  const wide = cast(weight, "f32");
  if (axis === null) return norm(wide);
  const others = [...weight.shape.keys()].filter((other) => other !== axis);
  return norm(wide, { axis: others, keepDims: true });
}
