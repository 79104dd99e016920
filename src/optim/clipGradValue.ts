// Clipping of each element of gradients by itself, as torch.nn.utils.clip_grad_value_ does it.

import type { Tensor } from "../api/tensor.ts";
import { UsageError } from "../base/errors.ts";
import { clamp } from "../ops/index.ts";

/**
 * `gradients`, each element between -maxValue and maxValue; NaN stays NaN. gradients: any shapes, f32 or f16. Nothing is
 * changed in place: give the result to `applyGradients`. Throws UsageError for an empty list or a maxValue that is no
 * finite number from 0. Source: torch.nn.utils.clip_grad_value_.
 */
export function clipGradValue(gradients: readonly Tensor[], maxValue: number): Tensor[] {
  if (gradients.length === 0) {
    throw new UsageError("clipGradValue: the list of gradients is empty; it must have at least one.");
  }
  if (!(maxValue >= 0 && maxValue < Infinity)) {
    throw new UsageError(`clipGradValue: maxValue is ${maxValue}; it must be a finite number from 0.`);
  }
  return gradients.map((gradient) => clamp(gradient, { min: -maxValue, max: maxValue }));
}
