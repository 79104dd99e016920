// hardSigmoid: a sigmoid of three straight lines.

import type { Value } from "../graph/node.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { add } from "./add.ts";
import { div } from "./div.ts";
import { greaterEqual } from "./greaterEqual.ts";
import { lessEqual } from "./lessEqual.ts";

import { where } from "./where.ts";

/**
 * x / 6 + 1/2 between -3 and 3, 0 below, 1 above; NaN stays NaN. x: any shape, f32 or f16. Throws DtypeError for integers.
 * Source: torch.nn.functional.hardsigmoid.
 */
export function hardSigmoid<T extends Value>(x: T): T {
  requireFloating("hardSigmoid", "x", x);
  const raised = where(lessEqual(x, -3), 0, div(add(x, 3), 6));
  return where(greaterEqual(x, 3), 1, raised);
}
