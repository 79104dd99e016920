// multiMarginLoss: the score of the right class shall be above each other one by the margin.

import { UsageError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { requireRank } from "../tensor/shape.ts";
import { add } from "./add.ts";
import { cast } from "./cast.ts";
import { classAxis, requireClassWeight, requireLabels } from "./classLabels.ts";
import { gather } from "./gather.ts";
import { mul } from "./mul.ts";
import { oneHot } from "./oneHot.ts";
import { type Reduction, reduceLosses } from "./reduceLosses.ts";
import { relu } from "./relu.ts";
import { reshape } from "./reshape.ts";
import { square } from "./square.ts";
import { unsqueeze } from "./squeeze.ts";
import { sub } from "./sub.ts";
import { sum } from "./sum.ts";
import { where } from "./where.ts";

/** How `multiMarginLoss` is computed. */
export interface MultiMarginLossOptions<T extends Value> {
  /** "mean" (default), "sum", or "none". */
  readonly reduction?: Reduction;
  /** 1 (default) or 2: the power of what is missing. */
  readonly p?: number;
  /** By how much the right class should be above. Default 1. */
  readonly margin?: number;
  /** What the loss of each right class is multiplied by, [classes]. Default 1. */
  readonly weight?: T;
}

/**
 * sum over the other classes j of weight[label] max(0, margin - x[label] + x[j])^p / classes, for each row, reduced. x: [batch, classes] or
 * [classes], f32 or f16; labels: i32 or u32, [batch] or []. A label that is no class makes its loss
 * NaN, and so does a score of NaN, which PyTorch leaves out.
 * Throws ShapeError, DtypeError or UsageError. Source: torch.nn.functional.multi_margin_loss.
 */
export function multiMarginLoss<T extends Value>(
  x: T,
  labels: T,
  { reduction = "mean", p = 1, margin = 1, weight }: MultiMarginLossOptions<T> = {},
): T {
  requireTensor("multiMarginLoss", "x", x);
  const name = "multiMarginLoss";
  if (x.shape.length !== 1) requireRank(name, "x", x.shape, 2, "[batch, classes]");
  requireLabels(name, "x", x, labels);
  requireClassWeight(name, "x", x, weight);
  if (p !== 1 && p !== 2) throw new UsageError(`${name}: p is ${p}; it must be 1 or 2.`);
  const axis = classAxis(x);
  const classes = x.shape[axis];
  const right = gather(x, unsqueeze(labels, axis), { axis });
  const missing = relu(add(sub(x, right), margin));
  const isRight = cast(oneHot(labels, classes), "bool");
  const others = where(isRight, 0, p === 2 ? square(missing) : missing);
  const losses = mul(sum(others, { axis }), 1 / classes);
  if (weight === undefined) return reduceLosses(name, losses, reduction);
  const flat = reshape(labels, [losses.shape.length === 0 ? 1 : losses.shape[0]]);
  const weights = reshape(gather(weight, flat, { axis: 0 }), losses.shape);
  return reduceLosses(name, mul(weights, losses), reduction);
}
