// poissonNllLoss: the negative log-probability of counts.

import type { Value } from "../graph/node.ts";
import { add } from "./add.ts";
import { exp } from "./exp.ts";
import { greater } from "./greater.ts";
import { log } from "./log.ts";
import { requireAlike } from "./lossInputs.ts";
import { mul } from "./mul.ts";
import { requireAtLeast } from "./numberOptions.ts";
import { type Reduction, reduceLosses } from "./reduceLosses.ts";
import { sub } from "./sub.ts";
import { where } from "./where.ts";

/** How `poissonNllLoss` is computed. */
export interface PoissonNllLossOptions {
  /** "mean" (default), "sum", or "none". */
  readonly reduction?: Reduction;
  /** Whether x is the logarithm of the rate. Default true. */
  readonly logInput?: boolean;
  /** Whether Stirling's term for the target's factorial is added, where the target is above 1. Default false. */
  readonly full?: boolean;
  /** What is added to a rate before its logarithm is taken. Default 1e-8. */
  readonly eps?: number;
}

/**
 * exp(x) - target x, or x - target log(x + eps) without `logInput`; reduced. Both of one shape, f32 or f16.
 * Throws ShapeError or DtypeError where they do not fit, UsageError for a negative eps or an unknown reduction.
 * Source: torch.nn.functional.poisson_nll_loss.
 */
export function poissonNllLoss<T extends Value>(
  x: T,
  target: T,
  { reduction = "mean", logInput = true, full = false, eps = 1e-8 }: PoissonNllLossOptions = {},
): T {
  requireAlike("poissonNllLoss", { x, target });
  requireAtLeast("poissonNllLoss", "eps", eps, 0);
  const losses = logInput ? sub(exp(x), mul(target, x)) : sub(x, mul(target, log(add(x, eps))));
  return reduceLosses("poissonNllLoss", full ? add(losses, stirling(target)) : losses, reduction);
}

/** t log t - t + log(2 pi t) / 2 above 1, else 0. */
function stirling<T extends Value>(target: T): T {
  const counts = greater(target, 1);
  const t = where(counts, target, 1); // whose logarithm is finite, so that no slope is NaN
  const half = mul(log(mul(t, 2 * Math.PI)), 0.5);
  return where(counts, add(sub(mul(t, log(t)), t), half), 0);
}
