// mean: the sum over any axes divided by their size.

import { product } from "../base/integers.ts";
import type { Value } from "../graph/node.ts";
import { isFloating, requireTensor } from "../tensor/dtype.ts";
import { normalizeAxes } from "../tensor/shape.ts";
import { cast } from "./cast.ts";
import { mul } from "./mul.ts";
import type { AxisOptions } from "./reduction.ts";
import { sum } from "./sum.ts";

/**
 * The mean over `axis` (all axes where not given). x: any shape; integers count as f32; the mean of nothing is NaN.
 * Throws ShapeError for an axis out of range. Source: torch.mean.
 */
export function mean<T extends Value>(x: T, options: AxisOptions = {}): T {
  requireTensor("mean", "x", x);
  const axes = normalizeAxes("mean", options.axis, x.shape.length);
  const numbers = isFloating(x.dtype) ? x : cast(x, "f32");
  return mul(sum(numbers, options), 1 / product(axes.map((axis) => x.shape[axis])));
}
