// sigmoidFocalLoss: binary cross-entropy that counts what is already right less.

import { UsageError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { add } from "./add.ts";
import { binaryCrossEntropyWithLogits } from "./binaryCrossEntropyWithLogits.ts";
import { requireAlike } from "./lossInputs.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { requireAtLeast } from "./numberOptions.ts";
import { pow } from "./pow.ts";
import { type Reduction, reduceLosses } from "./reduceLosses.ts";
import { sigmoid } from "./sigmoid.ts";
import { sub } from "./sub.ts";

/** How `sigmoidFocalLoss` is computed. */
export interface SigmoidFocalLossOptions {
  /** "none" (default), "mean", or "sum". */
  readonly reduction?: Reduction;
  /** The share of a yes, from 0 to 1; a no counts the rest. Default 0.25; -1 weighs neither. */
  readonly alpha?: number;
  /** How much less counts what is right. Default 2; 0 is plain cross-entropy. */
  readonly gamma?: number;
}

/**
 * alpha_t (1 - p_t)^gamma times binary cross-entropy, where p_t is the probability of what is true; reduced. logits, target
 * (numbers from 0 to 1): one shape, f32 or f16. Throws ShapeError or DtypeError where they do not fit, UsageError for
 * another alpha, a negative gamma or an unknown reduction. Source: torchvision.ops.sigmoid_focal_loss.
 */
export function sigmoidFocalLoss<T extends Value>(
  logits: T,
  target: T,
  { reduction = "none", alpha = 0.25, gamma = 2 }: SigmoidFocalLossOptions = {},
): T {
  const name = "sigmoidFocalLoss";
  requireAlike(name, { logits, target });
  requireAtLeast(name, "gamma", gamma, 0);
  if (alpha !== -1 && !(alpha >= 0 && alpha <= 1)) {
    throw new UsageError(`${name}: alpha is ${alpha}; it must be from 0 to 1, or -1 for none.`);
  }
  const entropies = binaryCrossEntropyWithLogits(logits, target, { reduction: "none" });
  const no = sub(1, target);
  // 1 - p_t, without the difference that loses what is near 1.
  const wrong = add(mul(sigmoid(logits), no), mul(sigmoid(neg(logits)), target));
  const losses = gamma === 0 ? entropies : mul(entropies, pow(wrong, gamma));
  if (alpha === -1) return reduceLosses(name, losses, reduction);
  const shares = add(mul(target, alpha), mul(no, 1 - alpha));
  return reduceLosses(name, mul(losses, shares), reduction);
}
