// addcdiv: y = x + value a / b.

import type { Value } from "../graph/node.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { add } from "./add.ts";
import { div } from "./div.ts";
import { mul } from "./mul.ts";

/**
 * x + value * a / b (value is 1 by default). x, a, b: f32 or f16, which broadcast. Throws DtypeError for integers.
 * Source: torch.addcdiv.
 */
export function addcdiv<T extends Value>(
  x: T,
  a: T,
  b: T,
  { value = 1 }: { readonly value?: number } = {},
): T {
  requireFloating("addcdiv", "x", x);
  requireFloating("addcdiv", "a", a);
  requireFloating("addcdiv", "b", b);
  return add(x, div(value === 1 ? a : mul(a, value), b));
}
