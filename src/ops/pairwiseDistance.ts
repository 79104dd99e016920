// pairwiseDistance: how far each row is from the row at the same place.

import type { Value } from "../graph/node.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { add } from "./add.ts";
import { broadcastTogether } from "./defineElementwise.ts";
import { norm, requireNormP } from "./norm.ts";
import { requireFinite } from "./numberOptions.ts";
import { sub } from "./sub.ts";

/** How `pairwiseDistance` is computed. */
export interface PairwiseDistanceOptions {
  /** Which norm; at least 0, or infinity. Default 2. */
  readonly p?: number;
  /** What is added to each difference, so that a distance is never 0. Default 1e-6. */
  readonly eps?: number;
  /** Keep the last axis with size 1. Default false. */
  readonly keepDims?: boolean;
}

/**
 * The p-norm of a - b + eps along the last axis. a, b: [..., size], f32 or f16, which broadcast; the result is [...].
 * Throws ShapeError or DtypeError where they do not fit, UsageError for a negative p or an eps that is not finite.
 * Source: torch.nn.functional.pairwise_distance.
 */
export function pairwiseDistance<T extends Value>(
  a: T,
  b: T,
  { p = 2, eps = 1e-6, keepDims = false }: PairwiseDistanceOptions = {},
): T {
  requireFloating("pairwiseDistance", "a", a);
  requireFloating("pairwiseDistance", "b", b);
  requireNormP("pairwiseDistance", p);
  requireFinite("pairwiseDistance", "eps", eps);
  const [left, right] = broadcastTogether("pairwiseDistance", [a, b]);
  return norm(add(sub(left, right), eps), { p, axis: -1, keepDims });
}
