// gaussianNllLoss: the negative log-probability of numbers, by a mean and a variance for each.

import { ShapeError, UsageError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { constantNode } from "../graph/source.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { isBroadcastable, isSameShape, printShape } from "../tensor/shape.ts";
import { add } from "./add.ts";
import { broadcastTo } from "./broadcastTo.ts";
import type { Operand } from "./define.ts";
import { div } from "./div.ts";
import { log } from "./log.ts";
import { requireAlike } from "./lossInputs.ts";
import { mul } from "./mul.ts";
import { requireAbove0 } from "./numberOptions.ts";
import { raiseTo } from "./raiseTo.ts";
import { type Reduction, reduceLosses } from "./reduceLosses.ts";
import { square } from "./square.ts";
import { unsqueeze } from "./squeeze.ts";
import { sub } from "./sub.ts";

/** How `gaussianNllLoss` is computed. */
export interface GaussianNllLossOptions {
  /** "mean" (default), "sum", or "none". */
  readonly reduction?: Reduction;
  /** Whether log(2 pi) / 2 is added. Default false. */
  readonly full?: boolean;
  /** What a variance is raised to where it is less; its gradient passes all the same. Default 1e-6. */
  readonly eps?: number;
}

/**
 * (log v + (x - target)^2 / v) / 2 for a variance v of at least `eps`, reduced. x, target: one shape, f32 or f16; variance:
 * the same shape, one with sizes of 1, one without the last axis, or a number.
 * Throws ShapeError or DtypeError where they do not fit, UsageError for a number below 0, an eps that is not above 0 or an
 * unknown reduction. Source: torch.nn.functional.gaussian_nll_loss.
 */
export function gaussianNllLoss<T extends Value>(
  x: T,
  target: T,
  variance: Operand<T>,
  { reduction = "mean", full = false, eps = 1e-6 }: GaussianNllLossOptions = {},
): T {
  requireAlike("gaussianNllLoss", { x, target });
  requireAbove0("gaussianNllLoss", "eps", eps);
  const v = raiseTo(varianceFor(x, variance), eps);
  const losses = mul(add(log(v), div(square(sub(x, target)), v)), 0.5);
  const whole = full ? add(losses, 0.5 * Math.log(2 * Math.PI)) : losses;
  return reduceLosses("gaussianNllLoss", whole, reduction);
}

function varianceFor<T extends Value>(x: T, variance: Operand<T>): T {
  const { shape } = x;
  if (typeof variance === "number") {
    if (variance >= 0) return x.derive(constantNode(variance, x.dtype, shape), [x]);
    throw new UsageError(`gaussianNllLoss: variance is ${variance}; it must be at least 0.`);
  }
  requireFloating("gaussianNllLoss", "variance", variance);
  if (variance.shape.length === shape.length && isBroadcastable(variance.shape, shape)) {
    return broadcastTo(variance, shape);
  }
  if (shape.length > 0 && isSameShape(variance.shape, shape.slice(0, -1))) {
    return broadcastTo(unsqueeze(variance, -1), shape);
  }
  throw new ShapeError(
    `gaussianNllLoss: variance is ${printShape(variance.shape)} and x ${printShape(shape)}; ` +
      "it must be a number, or have x's shape, that with sizes of 1, or that without the last axis.",
  );
}
