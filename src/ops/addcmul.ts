// addcmul: y = x + value a b.

import type { Value } from "../graph/node.ts";
import { add } from "./add.ts";
import type { Operand } from "./define.ts";
import { mul } from "./mul.ts";

/**
 * x + value * a * b (value is 1 by default). x, a: tensors, b: a tensor or a number; all broadcast, dtypes promote.
 * Source: torch.addcmul.
 */
export function addcmul<T extends Value>(
  x: T,
  a: T,
  b: Operand<T>,
  { value = 1 }: { readonly value?: number } = {},
): T {
  const product = mul(a, b);
  return add(x, value === 1 ? product : mul(product, value));
}
