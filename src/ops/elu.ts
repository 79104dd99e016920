// elu: y = x where x > 0, else alpha (e^x - 1).

import type { Value } from "../graph/node.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { expm1 } from "./expm1.ts";
import { greater } from "./greater.ts";
import { mul } from "./mul.ts";
import { where } from "./where.ts";

/**
 * x where x > 0, else alpha (e^x - 1); alpha is 1 by default. x: any shape, f32 or f16. Throws DtypeError for integers.
 * Source: torch.nn.functional.elu; Clevert et al. 2016.
 */
export function elu<T extends Value>(x: T, { alpha = 1 }: { readonly alpha?: number } = {}): T {
  requireFloating("elu", "x", x);
  const isAbove = greater(x, 0);
  // Where it is not chosen the exponential must not overflow, or its gradient would be 0 times infinity.
  return where(isAbove, x, mul(expm1(where(isAbove, 0, x)), alpha));
}
