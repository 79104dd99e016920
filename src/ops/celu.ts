// celu: y = x where x > 0, else alpha (e^(x / alpha) - 1).

import { UsageError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { div } from "./div.ts";
import { expm1 } from "./expm1.ts";
import { greater } from "./greater.ts";
import { mul } from "./mul.ts";
import { where } from "./where.ts";

/**
 * x where x > 0, else alpha (e^(x / alpha) - 1), smooth at 0; alpha is 1 by default. x: any shape, f32 or f16.
 * Throws UsageError for alpha 0, DtypeError for integers. Source: torch.nn.functional.celu; Barron 2017.
 */
export function celu<T extends Value>(x: T, { alpha = 1 }: { readonly alpha?: number } = {}): T {
  requireFloating("celu", "x", x);
  if (alpha === 0) throw new UsageError("celu: alpha is 0; it must not be, as x is divided by it.");
  const isAbove = greater(x, 0);
  // Where it is not chosen the exponential must not overflow, or its gradient would be 0 times infinity.
  return where(isAbove, x, mul(expm1(div(where(isAbove, 0, x), alpha)), alpha));
}
