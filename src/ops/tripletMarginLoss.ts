// tripletMarginLoss: an anchor shall be nearer to what is alike than to what is not, by the margin.

import type { Value } from "../graph/node.ts";
import { add } from "./add.ts";
import { clamp } from "./clamp.ts";
import { requireAlike } from "./lossInputs.ts";
import { minimum } from "./minimum.ts";
import { requireAbove0, requireFinite } from "./numberOptions.ts";
import { pairwiseDistance } from "./pairwiseDistance.ts";
import { type Reduction, reduceLosses } from "./reduceLosses.ts";
import { sub } from "./sub.ts";

/** How `tripletMarginLoss` is computed. */
export interface TripletMarginLossOptions {
  /** "mean" (default), "sum", or "none". */
  readonly reduction?: Reduction;
  /** By how much nearer. Default 1. */
  readonly margin?: number;
  /** The norm of distances. Default 2. */
  readonly p?: number;
  /** What is added to each difference. Default 1e-6. */
  readonly eps?: number;
  /** Whether the distance from positive to negative counts where it is the shorter. Default false. */
  readonly swap?: boolean;
}

/**
 * max(0, margin + d(anchor, positive) - d(anchor, negative)), reduced, with distances along the last axis. All of one shape
 * [..., size], f32 or f16. Throws ShapeError or DtypeError where they do not fit, UsageError for a margin or p that is not
 * above 0 or an unknown reduction. Source: torch.nn.functional.triplet_margin_loss.
 */
export function tripletMarginLoss<T extends Value>(
  anchor: T,
  positive: T,
  negative: T,
  { reduction = "mean", margin = 1, p = 2, eps = 1e-6, swap = false }: TripletMarginLossOptions = {},
): T {
  const name = "tripletMarginLoss";
  requireAlike(name, { anchor, positive, negative });
  requireAbove0(name, "margin", margin);
  requireAbove0(name, "p", p);
  requireFinite(name, "eps", eps);
  const near = pairwiseDistance(anchor, positive, { p, eps });
  const direct = pairwiseDistance(anchor, negative, { p, eps });
  const far = swap ? minimum(direct, pairwiseDistance(positive, negative, { p, eps })) : direct;
  return reduceLosses(name, clamp(add(sub(near, far), margin), { min: 0 }), reduction);
}
