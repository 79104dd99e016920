// mish: y = x tanh(softplus(x)).

import type { Value } from "../graph/node.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { add } from "./add.ts";
import { div } from "./div.ts";
import { exp } from "./exp.ts";
import { minimum } from "./minimum.ts";
import { mul } from "./mul.ts";

/**
 * x tanh(ln(1 + e^x)). x: any shape, f32 or f16. Throws DtypeError for integers.
 * Source: torch.nn.functional.mish; Misra 2019.
 */
export function mish<T extends Value>(x: T): T {
  requireFloating("mish", "x", x);
  // tanh(ln(1 + e)) is n / (n + 2) for n = e (e + 2), which is 1 in f32 from e^20 on.
  const e = exp(minimum(x, 20));
  const n = mul(e, add(e, 2));
  return mul(x, div(n, add(n, 2)));
}
