// indexSelect: the slices along an axis that a row of indices names.

import type { Value } from "../graph/node.ts";
import { isFloating, requireDtype, requireTensor } from "../tensor/dtype.ts";
import { normalizeAxis, requireRank } from "../tensor/shape.ts";
import { alongAxis } from "./alongAxis.ts";
import { embedding } from "./embedding.ts";
import { gather } from "./gather.ts";
import { moveAxis } from "./moveAxis.ts";
import { reshape } from "./reshape.ts";

/**
 * Slice index[j] of `x` along `axis`, for each j. x: any dtype; index: i32 or u32 [n]; the result has n along `axis`. An
 * index out of range gives NaN and no gradient (in whole numbers, which have no NaN, any value). Slices that are picked several times add up
 * their gradients in order. Throws ShapeError for an axis out of range or another index, DtypeError for its dtype.
 * Source: torch.index_select.
 */
export function indexSelect<T extends Value>(x: T, axis: number, index: T): T {
  requireTensor("indexSelect", "x", x);
  const along = normalizeAxis("indexSelect", axis, x.shape.length);
  requireDtype("indexSelect", "index", index, ["i32", "u32"]);
  requireRank("indexSelect", "index", index.shape, 1, "[n]");
  if (!isFloating(x.dtype)) return gather(x, alongAxis(index, along, x.shape), { axis: along });
  const front = moveAxis(x, along, 0);
  const [size, ...rest] = front.shape;
  const dim = rest.reduce((product, other) => product * other, 1);
  const rows = embedding(index, reshape(front, [size, dim]));
  return moveAxis(reshape(rows, [index.shape[0], ...rest]), 0, along);
}
