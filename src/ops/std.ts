// std: the standard deviation over any axes.

import type { Value } from "../graph/node.ts";
import { safeRoot } from "./safeRoot.ts";
import { type VarianceOptions, varianceAs } from "./variance.ts";

/**
 * The square root of the variance over `axis` (all axes where not given). x: f32 or f16. Of nothing, and with the default
 * correction of one element, it is NaN; where all elements are equal the gradient is 0. Throws ShapeError for an axis out of
 * range, DtypeError for whole numbers, UsageError for a correction that is no number. Source: torch.std.
 */
export function std<T extends Value>(x: T, options: VarianceOptions = {}): T {
  return safeRoot(varianceAs("std", x, options));
}
