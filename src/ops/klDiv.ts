// klDiv: the divergence of Kullback and Leibler, from log-probabilities.

import type { Value } from "../graph/node.ts";
import { equal } from "./equal.ts";
import { exp } from "./exp.ts";
import { log } from "./log.ts";
import { requireAlike } from "./lossInputs.ts";
import { mul } from "./mul.ts";
import { type Reduction, reduceLosses } from "./reduceLosses.ts";
import { sub } from "./sub.ts";
import { where } from "./where.ts";

/** How `klDiv` is computed. */
export interface KlDivOptions {
  /** "mean" (default) over all elements, "batchmean" over the first axis, which is the divergence itself, "sum", or "none". */
  readonly reduction?: Reduction | "batchmean";
  /** Whether the target is log-probabilities too. Default false. */
  readonly logTarget?: boolean;
}

/**
 * target (log target - x), reduced; 0 where the target is 0. x: log-probabilities; target: probabilities, or their
 * logarithms with `logTarget`; both of one shape, f32 or f16. Throws ShapeError or DtypeError where they do not fit,
 * UsageError for an unknown reduction. Source: torch.nn.functional.kl_div.
 */
export function klDiv<T extends Value>(
  x: T,
  target: T,
  { reduction = "mean", logTarget = false }: KlDivOptions = {},
): T {
  requireAlike("klDiv", { x, target });
  const losses = logTarget ? mul(exp(target), sub(target, x)) : sub(entropyOf(target), mul(target, x));
  if (reduction !== "batchmean") return reduceLosses("klDiv", losses, reduction);
  const total = reduceLosses("klDiv", losses, "sum");
  return x.shape.length === 0 ? total : mul(total, 1 / x.shape[0]);
}

/** t log t, which is 0 at 0. */
function entropyOf<T extends Value>(t: T): T {
  return mul(t, log(where(equal(t, 0), 1, t)));
}
