// The square root whose gradient at 0 is 0, as that of a distance or a deviation is taken to be.

import type { Value } from "../graph/node.ts";
import { equal } from "./equal.ts";
import { sqrt } from "./sqrt.ts";
import { where } from "./where.ts";

/** sqrt x; the gradient at 0 is 0 and not infinite. x: f32 or f16. */
export function safeRoot<T extends Value>(x: T): T {
  const isZero = equal(x, 0);
  return where(isZero, 0, sqrt(where(isZero, 1, x)));
}
