// hingeEmbeddingLoss: distances of what is alike shall be small, of what is not at least the margin.

import type { Value } from "../graph/node.ts";
import { add } from "./add.ts";
import { clamp } from "./clamp.ts";
import { requireAlike } from "./lossInputs.ts";
import { notEqual } from "./notEqual.ts";
import { requireFinite } from "./numberOptions.ts";
import { type Reduction, reduceLosses } from "./reduceLosses.ts";
import { sub } from "./sub.ts";
import { where } from "./where.ts";

/** How `hingeEmbeddingLoss` is computed. */
export interface HingeEmbeddingLossOptions {
  /** "mean" (default), "sum", or "none". */
  readonly reduction?: Reduction;
  /** How large the distance of what is not alike should be. Default 1. */
  readonly margin?: number;
}

/**
 * x where the target is 1, max(0, margin - x) where it is -1; reduced. x: distances; target: 1 or -1; both of one shape,
 * f32 or f16. Another target gives the sum of both. Throws ShapeError or DtypeError where they do not fit, UsageError for
 * a margin that is not finite or an unknown reduction. Source: torch.nn.functional.hinge_embedding_loss.
 */
export function hingeEmbeddingLoss<T extends Value>(
  x: T,
  target: T,
  { reduction = "mean", margin = 1 }: HingeEmbeddingLossOptions = {},
): T {
  requireAlike("hingeEmbeddingLoss", { x, target });
  requireFinite("hingeEmbeddingLoss", "margin", margin);
  const unlike = where(notEqual(target, 1), clamp(sub(margin, x), { min: 0 }), 0);
  const alike = where(notEqual(target, -1), x, 0);
  return reduceLosses("hingeEmbeddingLoss", add(unlike, alike), reduction);
}
