// threshold: x where it is large enough, else a number.

import type { Value } from "../graph/node.ts";
import { requireDtype } from "../tensor/dtype.ts";
import { NUMBERS } from "./dtypeRules.ts";
import { lessEqual } from "./lessEqual.ts";
import { where } from "./where.ts";

/**
 * x where x > limit, else `value`; NaN stays NaN. x: any shape, no bools; a fraction
 * widens integers. Throws DtypeError for bools. Source: torch.nn.functional.threshold.
 */
export function threshold<T extends Value>(x: T, limit: number, value: number): T {
  requireDtype("threshold", "x", x, NUMBERS);
  return where(lessEqual(x, limit), value, x);
}
