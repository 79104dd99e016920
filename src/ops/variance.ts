// variance: the mean squared distance from the mean, over any axes.

import { UsageError } from "../base/errors.ts";
import { product } from "../base/integers.ts";
import type { Value } from "../graph/node.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { normalizeAxes } from "../tensor/shape.ts";
import { detach } from "./detach.ts";
import { mean } from "./mean.ts";
import { mul } from "./mul.ts";
import type { AxisOptions } from "./reduction.ts";
import { slice } from "./slice.ts";
import { square } from "./square.ts";
import { sub } from "./sub.ts";
import { sum } from "./sum.ts";

/** Which axes, and what the sum of squares is divided by. */
export interface VarianceOptions extends AxisOptions {
  /** Squares are divided by their number less this, at least 0. 0 for a whole population, 1 (default) for a sample of one. */
  readonly correction?: number;
}

/**
 * The variance over `axis` (all axes where not given), from the mean first and the distances to it then: as exact for
 * elements around 1000 as around 0. x: f32 or f16. Of nothing, and with the default correction of one element, it is NaN.
 * Throws ShapeError for an axis out of range, DtypeError for whole numbers, UsageError for a correction that is no number.
 * Source: torch.var.
 */
export function variance<T extends Value>(x: T, options: VarianceOptions = {}): T {
  return varianceAs("variance", x, options);
}

/** The first element over `axes`. Taken off, it leaves nothing of equal elements, and of others what f32 holds of the rest. */
function firstOver<T extends Value>(x: T, axes: readonly number[]): T {
  return slice(x, { ends: x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size)) });
}

/** `variance` for the op named `op`. */
export function varianceAs<T extends Value>(
  op: string,
  x: T,
  { axis, keepDims, correction = 1 }: VarianceOptions,
): T {
  requireFloating(op, "x", x);
  if (!Number.isFinite(correction)) {
    throw new UsageError(`${op}: correction is ${correction}; it must be a finite number.`);
  }
  const axes = normalizeAxes(op, axis, x.shape.length);
  const count = product(axes.map((one) => x.shape[one]));
  const near = count === 0 ? x : sub(x, detach(firstOver(x, axes)));
  const distance = sub(near, mean(near, { axis: axes, keepDims: true }));
  return mul(sum(square(distance), { axis: axes, keepDims }), 1 / Math.max(0, count - correction));
}
