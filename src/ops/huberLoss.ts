// huberLoss: squared differences where they are small, a straight line of slope delta beyond.

import type { Value } from "../graph/node.ts";
import { abs } from "./abs.ts";
import { lessEqual } from "./lessEqual.ts";
import { requireAlike } from "./lossInputs.ts";
import { mul } from "./mul.ts";
import { requireAbove0 } from "./numberOptions.ts";
import { type Reduction, reduceLosses } from "./reduceLosses.ts";
import { square } from "./square.ts";
import { sub } from "./sub.ts";
import { where } from "./where.ts";

/** How `huberLoss` is computed. */
export interface HuberLossOptions {
  /** "mean" (default), "sum", or "none". */
  readonly reduction?: Reduction;
  /** Up to which difference the loss is a square. Default 1. */
  readonly delta?: number;
}

/**
 * d^2 / 2 for d = |x - target| up to `delta`, else delta (d - delta / 2); reduced. Both of one shape, f32 or f16.
 * Throws ShapeError or DtypeError where they do not fit, UsageError for a delta that is not above 0 or an unknown
 * reduction. Source: torch.nn.functional.huber_loss.
 */
export function huberLoss<T extends Value>(
  x: T,
  target: T,
  { reduction = "mean", delta = 1 }: HuberLossOptions = {},
): T {
  requireAlike("huberLoss", { x, target });
  requireAbove0("huberLoss", "delta", delta);
  const difference = sub(x, target);
  const size = abs(difference);
  const line = mul(sub(size, delta / 2), delta);
  const losses = where(lessEqual(size, delta), mul(square(difference), 0.5), line);
  return reduceLosses("huberLoss", losses, reduction);
}
