// nllLoss: the negative log-probability of the right class, from log-probabilities.

import { UsageError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { elementCount } from "../tensor/shape.ts";
import { cast } from "./cast.ts";
import { classAxis, requireClassWeight, requireLabels } from "./classLabels.ts";
import { div } from "./div.ts";
import { gather } from "./gather.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { notEqual } from "./notEqual.ts";
import { type Reduction, reduceLosses } from "./reduceLosses.ts";
import { reshape } from "./reshape.ts";
import { squeeze, unsqueeze } from "./squeeze.ts";
import { sum } from "./sum.ts";
import { where } from "./where.ts";

/** How `nllLoss` is computed. */
export interface NllLossOptions<T extends Value> {
  /** "mean" (default) over what counts, by its weight, "sum", or "none". */
  readonly reduction?: Reduction;
  /** What the loss of each class is multiplied by, [classes]. Default 1. */
  readonly weight?: T;
  /** The label of what does not count: no loss, no gradient, no part in the mean. Default -100. */
  readonly ignoreIndex?: number;
}

/**
 * -weight[label] x[label] for each row. x: log-probabilities, [batch, classes] or [batch, classes, ...] (or [classes]), f32 or
 * f16; labels: i32 or u32 without the class axis. A label that is no class and not `ignoreIndex` makes its loss NaN; the mean
 * where nothing counts is NaN. Throws ShapeError, DtypeError or UsageError. Source: torch.nn.functional.nll_loss.
 */
export function nllLoss<T extends Value>(
  x: T,
  labels: T,
  { reduction = "mean", weight, ignoreIndex = -100 }: NllLossOptions<T> = {},
): T {
  requireLabels("nllLoss", "x", x, labels);
  requireClassWeight("nllLoss", "x", x, weight);
  if ((ignoreIndex | 0) !== ignoreIndex) {
    throw new UsageError(
      `nllLoss: ignoreIndex is ${ignoreIndex}; it must be a whole number from -2147483648 to 2147483647.`,
    );
  }
  const counts = notEqual(labels, ignoreIndex);
  const safe = where(counts, labels, 0);
  const axis = classAxis(x);
  const picked = neg(squeeze(gather(x, unsqueeze(safe, axis), { axis }), axis));
  const weights = weight === undefined ? undefined : pick(weight, safe);
  const losses = where(counts, weights === undefined ? picked : mul(weights, picked), 0);
  if (reduction !== "mean") return reduceLosses("nllLoss", losses, reduction);
  const total = sum(weights === undefined ? cast(counts, "f32") : where(counts, weights, 0));
  return cast(div(sum(losses), total), losses.dtype);
}

/** The element of a row at each index. */
function pick<T extends Value>(row: T, index: T): T {
  return reshape(gather(row, reshape(index, [elementCount(index.shape)]), { axis: 0 }), index.shape);
}
