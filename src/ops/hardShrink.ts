// hardShrink: x, with 0 for what is small.

import type { Value } from "../graph/node.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { bitwiseAnd } from "./bitwiseAnd.ts";
import { greaterEqual } from "./greaterEqual.ts";
import { lessEqual } from "./lessEqual.ts";
import { where } from "./where.ts";

/**
 * 0 where -lambda <= x <= lambda, else x; lambda is 0.5 by default; NaN stays NaN. x: any shape, f32 or f16. Throws
 * DtypeError for integers. Source: torch.nn.functional.hardshrink.
 */
export function hardShrink<T extends Value>(x: T, { lambda = 0.5 }: { readonly lambda?: number } = {}): T {
  requireFloating("hardShrink", "x", x);
  return where(bitwiseAnd(greaterEqual(x, -lambda), lessEqual(x, lambda)), 0, x);
}
