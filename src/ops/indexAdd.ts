// indexAdd: rows added to the slices along an axis that a row of indices names.

import { ShapeError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireDtype, requireTensor } from "../tensor/dtype.ts";
import { isSameShape, normalizeAxis, printShape, requireRank } from "../tensor/shape.ts";
import { alongAxis } from "./alongAxis.ts";
import { mul } from "./mul.ts";
import { scatterAdd } from "./scatterAdd.ts";

/** How much is added. */
export interface IndexAddOptions {
  /** What the source is multiplied by. Default 1. */
  readonly alpha?: number;
}

/**
 * `x` with slice j of `source` times alpha added to slice index[j] along `axis`. x: any dtype but bool; index: i32 or u32
 * [n]; source: x's shape with n along `axis`, x's dtype. Slices for one index are added in order; an index out of range adds
 * nowhere. Throws ShapeError or DtypeError where they do not fit. Source: torch.index_add.
 */
export function indexAdd<T extends Value>(
  x: T,
  axis: number,
  index: T,
  source: T,
  { alpha = 1 }: IndexAddOptions = {},
): T {
  requireTensor("indexAdd", "x", x);
  const along = normalizeAxis("indexAdd", axis, x.shape.length);
  requireDtype("indexAdd", "index", index, ["i32", "u32"]);
  requireDtype("indexAdd", "source", source, [x.dtype]);
  requireRank("indexAdd", "index", index.shape, 1, "[n]");
  const expected = x.shape.map((size, other) => (other === along ? index.shape[0] : size));
  if (!isSameShape(source.shape, expected)) {
    throw new ShapeError(
      `indexAdd: source is ${printShape(source.shape)} for x ${printShape(x.shape)} and ${index.shape[0]} indices along axis ${along}; it must be ${printShape(expected)}.`,
    );
  }
  const added = alpha === 1 ? source : mul(source, alpha);
  return scatterAdd(x, alongAxis(index, along, x.shape), added, { axis: along });
}
