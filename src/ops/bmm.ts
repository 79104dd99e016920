// bmm: the product of each matrix of a batch with that of another, without broadcasting.

import { ShapeError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { printShape, requireRank } from "../tensor/shape.ts";
import { matmul } from "./matmul.ts";

/** a b for each item. a: [batch, m, k], b: [batch, k, n], f32 or f16; the result is [batch, m, n]. Throws ShapeError or DtypeError where they do not fit. Source: torch.bmm. */
export function bmm<T extends Value>(a: T, b: T): T {
  requireBatches("bmm", a, b);
  return matmul(a, b);
}

/** Throws unless both are batches of as many matrices that can be multiplied. */
export function requireBatches(op: string, a: Value, b: Value): void {
  requireFloating(op, "a", a);
  requireFloating(op, "b", b);
  requireRank(op, "a", a.shape, 3, "[batch, m, k]");
  requireRank(op, "b", b.shape, 3, "[batch, k, n]");
  if (a.shape[0] === b.shape[0] && a.shape[2] === b.shape[1]) return;
  throw new ShapeError(
    `${op}: a is ${printShape(a.shape)} and b ${printShape(b.shape)}; they must be [batch, m, k] and [batch, k, n].`,
  );
}
