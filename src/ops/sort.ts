// sort: elements in rising or falling order along an axis, and where they were.

import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { rowsAlong } from "./rowsAlong.ts";
import { arrangeRows, sortedRows } from "./sortOrder.ts";

/** What is sorted, and how. */
export interface SortOptions {
  /** Default: the last. */
  readonly axis?: number;
  /** Largest first. Default false. */
  readonly descending?: boolean;
}

/** Elements, and where along the axis they stood. */
export interface ValuesAndIndices<T extends Value> {
  readonly values: T;
  /** i32. */
  readonly indices: T;
}

/**
 * `x` in rising (or falling) order along an axis, and where its elements stood. x: any dtype. Equal elements keep their
 * order, NaN counts as above all numbers, -0 as 0. Gradients go back to where the elements stood. Throws ShapeError for
 * an axis out of range. Source: torch.sort with stable=True.
 */
export function sort<T extends Value>(
  x: T,
  { axis = -1, descending = false }: SortOptions = {},
): ValuesAndIndices<T> {
  requireTensor("sort", "x", x);
  const { rows, restore } = rowsAlong("sort", x, axis);
  const { places } = sortedRows(rows, descending);
  return { values: restore(arrangeRows(rows, places)), indices: restore(places) };
}
