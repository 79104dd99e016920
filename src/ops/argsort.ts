// argsort: where the elements stand that come first, second, … along an axis.

import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { rowsAlong } from "./rowsAlong.ts";
import type { SortOptions } from "./sort.ts";
import { sortedRows } from "./sortOrder.ts";

/**
 * The indices that put `x` in rising (or falling) order along an axis, as i32. x: any dtype. Equal elements keep their
 * order, NaN counts as above all numbers, -0 as 0. Throws ShapeError for an axis out of range.
 * Source: torch.argsort with stable=True.
 */
export function argsort<T extends Value>(x: T, { axis = -1, descending = false }: SortOptions = {}): T {
  requireTensor("argsort", "x", x);
  const { rows, restore } = rowsAlong("argsort", x, axis);
  return restore(sortedRows(rows, descending).places);
}
