// cosineSimilarity: the cosine of the angle between rows.

import type { Value } from "../graph/node.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { normalizeAxis } from "../tensor/shape.ts";
import { broadcastTogether } from "./defineElementwise.ts";
import { div } from "./div.ts";
import { mul } from "./mul.ts";
import { norm } from "./norm.ts";
import { requireAbove0 } from "./numberOptions.ts";
import { raiseTo } from "./raiseTo.ts";
import { sum } from "./sum.ts";

/** How `cosineSimilarity` is computed. */
export interface CosineSimilarityOptions {
  /** Along which axis. Default 1. */
  readonly axis?: number;
  /** What a norm counts as where it is less. Default 1e-8. */
  readonly eps?: number;
}

/**
 * sum(a b) / (|a| |b|) along `axis`; 0 where a row is 0. a, b: f32 or f16, which broadcast. Each is divided by its own norm,
 * so that no product of norms overflows. Throws ShapeError or DtypeError where they do not fit, UsageError for an eps that
 * is not above 0. Source: torch.nn.functional.cosine_similarity.
 */
export function cosineSimilarity<T extends Value>(
  a: T,
  b: T,
  { axis = 1, eps = 1e-8 }: CosineSimilarityOptions = {},
): T {
  requireFloating("cosineSimilarity", "a", a);
  requireFloating("cosineSimilarity", "b", b);
  requireAbove0("cosineSimilarity", "eps", eps);
  const [left, right] = broadcastTogether("cosineSimilarity", [a, b]);
  const along = normalizeAxis("cosineSimilarity", axis, left.shape.length);
  const unit = (x: T) => div(x, raiseTo(norm(x, { p: 2, axis: along, keepDims: true }), eps));
  return sum(mul(unit(left), unit(right)), { axis: along });
}
