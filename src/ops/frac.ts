// frac: what is behind the point.

import type { Value } from "../graph/node.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { sub } from "./sub.ts";
import { trunc } from "./trunc.ts";

/** x - trunc(x), with the sign of x; NaN for infinities. x: any shape, f32 or f16. Throws DtypeError for integers. Source: torch.frac. */
export function frac<T extends Value>(x: T): T {
  requireFloating("frac", "x", x);
  return sub(x, trunc(x));
}
