// softMarginLoss: the logistic loss of two classes that are called 1 and -1.

import type { Value } from "../graph/node.ts";
import { requireAlike } from "./lossInputs.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { type Reduction, reduceLosses } from "./reduceLosses.ts";
import { softplus } from "./softplus.ts";

/**
 * log(1 + exp(-target x)), reduced; right for x of any size. target: 1 or -1; both of one shape, f32 or f16.
 * Throws ShapeError or DtypeError where they do not fit, UsageError for an unknown reduction.
 * Source: torch.nn.functional.soft_margin_loss.
 */
export function softMarginLoss<T extends Value>(
  x: T,
  target: T,
  { reduction = "mean" }: { readonly reduction?: Reduction } = {},
): T {
  requireAlike("softMarginLoss", { x, target });
  return reduceLosses("softMarginLoss", softplus(neg(mul(target, x))), reduction);
}
