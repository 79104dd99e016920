// Clipping of gradients by their norm over all parameters (Pascanu, Mikolov and Bengio, "On the difficulty of training
// recurrent neural networks", 2013), as torch.nn.utils.clip_grad_norm_ does it.

import type { Tensor } from "../api/tensor.ts";
import { UsageError } from "../base/errors.ts";
import { add, cast, clamp, div, mul, sqrt, square, sum } from "../ops/index.ts";

/** Keeps the quotient finite for gradients of 0; PyTorch's number. */
const NORM_OFFSET = 1e-6;

/** Clipped gradients, and the norm which they had before. */
export interface ClippedGradients {
  readonly gradients: Tensor[];
  /** A scalar, f32. */
  readonly norm: Tensor;
}

/**
 * `gradients` times min(1, maxNorm / (norm + 1e-6)), norm = sqrt(sum of all squares). gradients: any shapes, f32 or
 * f16. Nothing is changed in place. Throws UsageError for an empty list or a maxNorm that is not above 0.
 */
export function clipGradNorm(gradients: readonly Tensor[], maxNorm: number): ClippedGradients {
  if (gradients.length === 0) {
    throw new UsageError("clipGradNorm: the list of gradients is empty; it must have at least one.");
  }
  if (!(maxNorm > 0)) {
    throw new UsageError(`clipGradNorm: maxNorm is ${maxNorm}; it must be above 0.`);
  }
  const squares = gradients.map((gradient) => sum(square(cast(gradient, "f32"))));
  const norm = sqrt(squares.reduce((total, next) => add(total, next)));
  const factor = clamp(div(maxNorm, add(norm, NORM_OFFSET)), { max: 1 });
  return { gradients: gradients.map((gradient) => mul(gradient, cast(factor, gradient.dtype))), norm };
}
