// smoothL1Loss: squared differences where they are small, absolute ones beyond.

import type { Value } from "../graph/node.ts";
import { abs } from "./abs.ts";
import { less } from "./less.ts";
import { requireAlike } from "./lossInputs.ts";
import { mul } from "./mul.ts";
import { requireAtLeast } from "./numberOptions.ts";
import { type Reduction, reduceLosses } from "./reduceLosses.ts";
import { square } from "./square.ts";
import { sub } from "./sub.ts";
import { where } from "./where.ts";

/** How `smoothL1Loss` is computed. */
export interface SmoothL1LossOptions {
  /** "mean" (default), "sum", or "none". */
  readonly reduction?: Reduction;
  /** From which difference on the loss is a straight line. Default 1; 0 makes it `l1Loss`. */
  readonly beta?: number;
}

/**
 * d^2 / (2 beta) for d = |x - target| below `beta`, else d - beta / 2; reduced. Both of one shape, f32 or f16.
 * Throws ShapeError or DtypeError where they do not fit, UsageError for a negative beta or an unknown reduction.
 * Source: torch.nn.functional.smooth_l1_loss.
 */
export function smoothL1Loss<T extends Value>(
  x: T,
  target: T,
  { reduction = "mean", beta = 1 }: SmoothL1LossOptions = {},
): T {
  requireAlike("smoothL1Loss", { x, target });
  requireAtLeast("smoothL1Loss", "beta", beta, 0);
  const difference = sub(x, target);
  const size = abs(difference);
  if (beta === 0) return reduceLosses("smoothL1Loss", size, reduction);
  const losses = where(less(size, beta), mul(square(difference), 0.5 / beta), sub(size, beta / 2));
  return reduceLosses("smoothL1Loss", losses, reduction);
}
