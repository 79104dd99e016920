// rmsNorm: y = x / sqrt(mean x² + eps) * weight over the last axes.

import type { Value } from "../graph/node.ts";
import { applyNorm, type NormalizedShape, normRecord } from "./normRecord.ts";

/** What rmsNorm may be given beside its input. */
export interface RmsNormOptions<T extends Value> {
  /** Multiplies the normalised values; of `normalizedShape`. Default: ones. */
  readonly weight?: T | undefined;
  /** Added to the mean square. Default: the distance from 1 to the next f32, whatever x's dtype. */
  readonly eps?: number;
}

/** The distance from 1 to the next f32. */
const MACHINE_EPSILON = 2 ** -23;

const record = normRecord("rmsNorm");

/**
 * Takes each run of the last axes, which are `normalizedShape`, to mean square 1, then times weight.
 * x: [..., ...normalizedShape], f32 or f16; y: the same shape.
 * Throws ShapeError, DtypeError or UsageError. Source: torch.nn.functional.rms_norm; Zhang and Sennrich 2019.
 */
export function rmsNorm<T extends Value>(
  x: T,
  normalizedShape: NormalizedShape,
  { weight, eps = MACHINE_EPSILON }: RmsNormOptions<T> = {},
): T {
  return applyNorm(record, x, normalizedShape, { weight, eps, centered: false });
}
