// outer: every element of one row times every element of another.

import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { requireRank } from "../tensor/shape.ts";
import { mul } from "./mul.ts";
import { unsqueeze } from "./squeeze.ts";

/** y[i, j] = a[i] b[j]. a: [n], b: [m]; y: [n, m]; dtypes promote. Throws ShapeError for other ranks. Source: torch.outer. */
export function outer<T extends Value>(a: T, b: T): T {
  requireTensor("outer", "a", a);
  requireTensor("outer", "b", b);
  requireRank("outer", "a", a.shape, 1, "[n]");
  requireRank("outer", "b", b.shape, 1, "[m]");
  return mul(unsqueeze(a, 1), b);
}
