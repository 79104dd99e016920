// hingeLoss: what two classes that are called 1 and -1 lack of a margin between them, as in a support vector machine.

import type { Value } from "../graph/node.ts";
import { requireAlike } from "./lossInputs.ts";
import { mul } from "./mul.ts";
import { requireFinite } from "./numberOptions.ts";
import { type Reduction, reduceLosses } from "./reduceLosses.ts";
import { relu } from "./relu.ts";
import { square } from "./square.ts";
import { sub } from "./sub.ts";

/** How hingeLoss is computed. */
export interface HingeLossOptions {
  /** How far on its own side a score has to be. Default 1. */
  readonly margin?: number;
  /** Squares what is lacking, which is smooth where nothing is. Default false. */
  readonly squared?: boolean;
  /** Default "mean". */
  readonly reduction?: Reduction;
}

/**
 * max(0, margin - target x), or its square, reduced. x: scores; target: 1 or -1; both of one shape, f32 or f16. At the
 * margin itself the gradient is 0. Throws ShapeError or DtypeError where they do not fit, UsageError for a margin that is not
 * finite and an unknown reduction. Source: Cortes and Vapnik 1995; of several classes see `multiMarginLoss`.
 */
export function hingeLoss<T extends Value>(
  x: T,
  target: T,
  { margin = 1, squared = false, reduction = "mean" }: HingeLossOptions = {},
): T {
  requireAlike("hingeLoss", { x, target });
  requireFinite("hingeLoss", "margin", margin);
  const lacking = relu(sub(margin, mul(target, x)));
  return reduceLosses("hingeLoss", squared ? square(lacking) : lacking, reduction);
}
