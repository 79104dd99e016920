// softShrink: x, moved towards 0.

import { UsageError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { add } from "./add.ts";
import { greater } from "./greater.ts";
import { less } from "./less.ts";
import { mul } from "./mul.ts";
import { sub } from "./sub.ts";
import { where } from "./where.ts";

/**
 * x - lambda where x > lambda, x + lambda where x < -lambda, else 0; lambda is 0.5 by default; NaN stays NaN. x: any shape,
 * f32 or f16. Throws UsageError for lambda below 0, DtypeError for integers. Source: torch.nn.functional.softshrink.
 */
export function softShrink<T extends Value>(x: T, { lambda = 0.5 }: { readonly lambda?: number } = {}): T {
  requireFloating("softShrink", "x", x);
  if (!(lambda >= 0)) throw new UsageError(`softShrink: lambda is ${lambda}; it must be at least 0.`);
  // NaN times 0 is NaN still.
  const within = where(less(x, -lambda), add(x, lambda), mul(x, 0));
  return where(greater(x, lambda), sub(x, lambda), within);
}
