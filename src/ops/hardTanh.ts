// hardTanh: x, cut off at two bounds.

import { UsageError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireDtype } from "../tensor/dtype.ts";
import { NUMBERS } from "./dtypeRules.ts";
import { greaterEqual } from "./greaterEqual.ts";
import { lessEqual } from "./lessEqual.ts";
import { where } from "./where.ts";

/**
 * x between `min` (default -1) and `max` (default 1), else the bound; NaN stays NaN; at a bound the gradient is 0. x: any
 * shape, no bools. Throws UsageError for min > max, DtypeError for bools. Source: torch.nn.functional.hardtanh.
 */
export function hardTanh<T extends Value>(
  x: T,
  { min = -1, max = 1 }: { readonly min?: number; readonly max?: number } = {},
): T {
  requireDtype("hardTanh", "x", x, NUMBERS);
  if (min > max) throw new UsageError(`hardTanh: min ${min} is above max ${max}; min must be at most max.`);
  return where(greaterEqual(x, max), max, where(lessEqual(x, min), min, x));
}
