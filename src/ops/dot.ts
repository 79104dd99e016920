// dot: the sum of the products of two vectors.

import { ShapeError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { isSameShape, printShape, requireRank } from "../tensor/shape.ts";
import { mul } from "./mul.ts";
import { sum } from "./sum.ts";

/** sum of a[i] b[i]. a, b: [size]; dtypes promote, whole numbers stay exact. Throws ShapeError for other shapes. Source: torch.dot. */
export function dot<T extends Value>(a: T, b: T): T {
  requireTensor("dot", "a", a);
  requireTensor("dot", "b", b);
  requireRank("dot", "a", a.shape, 1, "[size]");
  requireRank("dot", "b", b.shape, 1, "[size]");
  if (!isSameShape(a.shape, b.shape)) {
    throw new ShapeError(
      `dot: a is ${printShape(a.shape)} and b ${printShape(b.shape)}; they must have the same size.`,
    );
  }
  return sum(mul(a, b));
}
