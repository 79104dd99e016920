// trace: the sum of a matrix's diagonal.

import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { requireRank } from "../tensor/shape.ts";
import { diagonal } from "./diagonal.ts";
import { sum } from "./sum.ts";

/**
 * The sum of the main diagonal. x: [rows, cols]; bool counts as i32. Throws ShapeError for other ranks.
 * Source: torch.trace.
 */
export function trace<T extends Value>(x: T): T {
  requireTensor("trace", "x", x);
  requireRank("trace", "x", x.shape, 2, "[rows, cols]");
  return sum(diagonal(x));
}
