// logCumSumExp: the logarithm of running sums of exponentials along an axis, without overflow.
//
// With m the largest so far, the sum of exp(x - m) follows from the one before: it shrinks by exp of what m grew, and gains
// exp(x - m). That is a linear scan, whose gradient is one too.

import type { Value } from "../graph/node.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { add } from "./add.ts";
import { concat } from "./concat.ts";
import { cummax } from "./cummax.ts";
import { detach } from "./detach.ts";
import { equal } from "./equal.ts";
import { exp } from "./exp.ts";
import { isFinite as isFiniteAt } from "./isFinite.ts";
import { linearScan } from "./linearScan.ts";
import { log } from "./log.ts";
import { narrow } from "./narrow.ts";
import { scanAlong } from "./scanAlong.ts";
import { sub } from "./sub.ts";
import { where } from "./where.ts";

/**
 * y[…, j, …] = log(exp x[…, 0, …] + … + exp x[…, j, …]) along `axis`. x: f32 or f16. Throws ShapeError for an axis out of range,
 * DtypeError for whole numbers. Source: torch.logcumsumexp.
 */
export function logCumSumExp<T extends Value>(x: T, axis: number): T {
  requireFloating("logCumSumExp", "x", x);
  return scanAlong("logCumSumExp", x, axis, middleScan);
}

function middleScan<T extends Value>(x: T): T {
  const length = x.shape[1];
  if (length === 0) return x;
  // The result does not depend on what is taken out and put back.
  const largest = detach(cummax(x, 1).values);
  const shift = where(isFiniteAt(largest), largest, 0);
  const previous = (value: T) =>
    concat([narrow(value, 1, 0, 1), narrow(value, 1, 0, length - 1)], { axis: 1 });
  // After nothing but -infinity there is nothing to keep.
  const kept = where(equal(previous(largest), -Infinity), 0, exp(sub(previous(shift), shift)));
  const total = linearScan(kept, exp(sub(x, shift)), 1);
  return where(isFiniteAt(largest), add(log(total), shift), largest);
}
