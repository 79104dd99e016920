// layerNorm: y = (x - mean x) / sqrt(variance x + eps) * weight + bias over the last axes.

import type { Value } from "../graph/node.ts";
import { applyNorm, type NormalizedShape, normRecord } from "./normRecord.ts";

/** What layerNorm may be given beside its input. */
export interface LayerNormOptions<T extends Value> {
  /** Multiplies the normalised values; of `normalizedShape`. Default: ones. */
  readonly weight?: T | undefined;
  /** Is added after that; of `normalizedShape`. Default: zeros. */
  readonly bias?: T | undefined;
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
}

const record = normRecord("layerNorm");

/**
 * Takes each run of the last axes, which are `normalizedShape`, to mean 0 and variance 1 (that of the run itself, not an
 * estimate), then times weight plus bias. x: [..., ...normalizedShape], f32 or f16; y: the same shape.
 * Throws ShapeError, DtypeError or UsageError. Source: torch.nn.functional.layer_norm; Ba, Kiros and Hinton 2016.
 */
export function layerNorm<T extends Value>(
  x: T,
  normalizedShape: NormalizedShape,
  { weight, bias, eps = 1e-5 }: LayerNormOptions<T> = {},
): T {
  return applyNorm(record, x, normalizedShape, { weight, bias, eps, centered: true });
}
