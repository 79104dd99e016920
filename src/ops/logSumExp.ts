// logSumExp: the logarithm of the sum of exponentials over any axes, without overflow.

import type { Value } from "../graph/node.ts";
import { constantNode } from "../graph/source.ts";
import { isFloating, requireTensor } from "../tensor/dtype.ts";
import { normalizeAxes } from "../tensor/shape.ts";
import { add } from "./add.ts";
import { cast } from "./cast.ts";
import { detach } from "./detach.ts";
import { exp } from "./exp.ts";
import { isFinite as isFiniteAt } from "./isFinite.ts";
import { log } from "./log.ts";
import { max } from "./max.ts";
import type { AxisOptions } from "./reduction.ts";
import { reshape } from "./reshape.ts";
import { sub } from "./sub.ts";
import { sum } from "./sum.ts";
import { where } from "./where.ts";

/**
 * log sum exp x over `axis` (all axes where not given). x: any dtype; whole numbers count as f32. Of nothing it is -infinity.
 * Throws ShapeError for an axis out of range. Source: torch.logsumexp.
 */
export function logSumExp<T extends Value>(x: T, options: AxisOptions = {}): T {
  requireTensor("logSumExp", "x", x);
  const axis = normalizeAxes("logSumExp", options.axis, x.shape.length);
  const numbers = isFloating(x.dtype) ? x : cast(x, "f32");
  if (axis.some((one) => x.shape[one] === 0)) {
    const nothing = sum(numbers, { ...options, axis });
    return x.derive(constantNode(-Infinity, numbers.dtype, nothing.shape), [x]);
  }
  // The result does not depend on what is taken out and put back.
  const largest = detach(max(numbers, { axis, keepDims: true }));
  const shift = where(isFiniteAt(largest), largest, 0);
  const total = sum(exp(sub(numbers, shift)), { ...options, axis });
  const [top, put] = [largest, shift].map((value) => reshape(value, total.shape));
  return where(isFiniteAt(top), add(log(total), put), top);
}
