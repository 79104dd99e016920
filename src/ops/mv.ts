// mv: a matrix times a vector.

import { ShapeError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { printShape, requireRank } from "../tensor/shape.ts";
import { matmul } from "./matmul.ts";

/** a b. a: [rows, cols], b: [cols], f32 or f16; the result is [rows]. Throws ShapeError or DtypeError where they do not fit. Source: torch.mv. */
export function mv<T extends Value>(a: T, b: T): T {
  requireFloating("mv", "a", a);
  requireFloating("mv", "b", b);
  requireRank("mv", "a", a.shape, 2, "[rows, cols]");
  requireRank("mv", "b", b.shape, 1, "[cols]");
  if (a.shape[1] === b.shape[0]) return matmul(a, b);
  throw new ShapeError(
    `mv: a is ${printShape(a.shape)} and b ${printShape(b.shape)}; a's last size must equal b's.`,
  );
}
