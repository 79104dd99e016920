// marginRankingLoss: of each pair, the one that should rank higher shall be larger by the margin.

import type { Value } from "../graph/node.ts";
import { add } from "./add.ts";
import { clamp } from "./clamp.ts";
import { requireAlike } from "./lossInputs.ts";
import { mul } from "./mul.ts";
import { requireFinite } from "./numberOptions.ts";
import { type Reduction, reduceLosses } from "./reduceLosses.ts";
import { sub } from "./sub.ts";

/** How `marginRankingLoss` is computed. */
export interface MarginRankingLossOptions {
  /** "mean" (default), "sum", or "none". */
  readonly reduction?: Reduction;
  /** By how much the one should be larger. Default 0. */
  readonly margin?: number;
}

/**
 * max(0, margin - target (a - b)), reduced: target 1 says that a should rank higher, -1 that b should. All of one shape,
 * f32 or f16. Throws ShapeError or DtypeError where they do not fit, UsageError for a margin that is not finite or an
 * unknown reduction. Source: torch.nn.functional.margin_ranking_loss.
 */
export function marginRankingLoss<T extends Value>(
  a: T,
  b: T,
  target: T,
  { reduction = "mean", margin = 0 }: MarginRankingLossOptions = {},
): T {
  requireAlike("marginRankingLoss", { a, b, target });
  requireFinite("marginRankingLoss", "margin", margin);
  const losses = clamp(add(mul(target, sub(b, a)), margin), { min: 0 });
  return reduceLosses("marginRankingLoss", losses, reduction);
}
