// hardSwish: y = x hardSigmoid(x).

import type { Value } from "../graph/node.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { greaterEqual } from "./greaterEqual.ts";
import { hardSigmoid } from "./hardSigmoid.ts";
import { mul } from "./mul.ts";
import { where } from "./where.ts";

/**
 * x (x / 6 + 1/2) between -3 and 3, 0 below, x above; of -infinity it is NaN. x: any shape, f32 or f16.
 * Throws DtypeError for integers. Source: torch.nn.functional.hardswish; Howard et al. 2019.
 */
export function hardSwish<T extends Value>(x: T): T {
  requireFloating("hardSwish", "x", x);
  return where(greaterEqual(x, 3), x, mul(x, hardSigmoid(x)));
}
