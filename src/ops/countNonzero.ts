// countNonzero: how many elements are not 0, over any axes.

import type { Value } from "../graph/node.ts";
import { cast } from "./cast.ts";
import type { AxisOptions } from "./reduction.ts";
import { sum } from "./sum.ts";

/**
 * How many elements over `axis` (all axes where not given) are not 0, as i32. x: any dtype; NaN is not 0. Throws ShapeError
 * for an axis out of range. Source: torch.count_nonzero.
 */
export function countNonzero<T extends Value>(x: T, options: AxisOptions = {}): T {
  return sum(cast(cast(x, "bool"), "i32"), options);
}
