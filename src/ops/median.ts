// median: the element in the middle of the order along an axis, and where it stands.

import { ShapeError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { printShape } from "../tensor/shape.ts";
import { cast } from "./cast.ts";
import { gather } from "./gather.ts";
import { greater } from "./greater.ts";
import { isNaN as isNaNAt } from "./isNaN.ts";
import type { ExtremumOptions } from "./maxWithIndices.ts";
import { reshape } from "./reshape.ts";
import { rowsAlong } from "./rowsAlong.ts";
import type { ValuesAndIndices } from "./sort.ts";
import { sortedRows } from "./sortOrder.ts";
import { sub } from "./sub.ts";
import { sum } from "./sum.ts";
import { where } from "./where.ts";

/**
 * The median along an axis and where it stands (i32), the first of equal ones in their order; of an even number the lower of
 * the two, and the first NaN where there is one. x: any dtype. The gradient goes to that element. Throws ShapeError for an
 * axis out of range or an empty one. Source: torch.median with dim.
 */
export function median<T extends Value>(
  x: T,
  { axis = -1, keepDims = false }: ExtremumOptions = {},
): ValuesAndIndices<T> {
  requireTensor("median", "x", x);
  const { rows, restore } = rowsAlong("median", x, axis);
  const [count, length] = rows.shape;
  if (length === 0) {
    throw new ShapeError(
      `median: axis ${axis} of ${printShape(x.shape)} is empty; it must have at least one element.`,
    );
  }
  const { places } = sortedRows(rows, false);
  // NaN stand at the end of the order, the first of them first.
  const missing = sum(cast(isNaNAt(rows), "i32"), { axis: 1, keepDims: true });
  const middle = where(greater(missing, 0), sub(length, missing), Math.floor((length - 1) / 2));
  const place = gather(places, middle, { axis: 1 });
  const shaped = (result: T) => {
    const kept = restore(reshape(result, [count, 1]));
    if (keepDims || x.shape.length === 0) return kept;
    const along = axis < 0 ? axis + x.shape.length : axis;
    return reshape(
      kept,
      kept.shape.filter((_, at) => at !== along),
    );
  };
  return { values: shaped(gather(rows, place, { axis: 1 })), indices: shaped(place) };
}
