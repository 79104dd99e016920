// topK: the k largest or smallest elements along an axis, and where they stand.

import { ShapeError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { printShape } from "../tensor/shape.ts";
import { narrow } from "./narrow.ts";
import { rowsAlong } from "./rowsAlong.ts";
import type { ValuesAndIndices } from "./sort.ts";
import { arrangeRows, sortedRows } from "./sortOrder.ts";

/** Which elements. */
export interface TopKOptions {
  /** Default: the last. */
  readonly axis?: number;
  /** The smallest where false. Default true. */
  readonly largest?: boolean;
}

/**
 * The `k` largest (or smallest) elements of `x` along an axis, the most extreme first, and where they stand. x: any dtype.
 * Of equal elements the first; NaN counts as above all numbers, -0 as 0. Gradients go back to where the elements stand.
 * Throws ShapeError for an axis out of range, or unless k is a whole number from 0 to the axis's size.
 * Source: torch.topk with sorted=True.
 */
export function topK<T extends Value>(
  x: T,
  k: number,
  { axis = -1, largest = true }: TopKOptions = {},
): ValuesAndIndices<T> {
  requireTensor("topK", "x", x);
  const { rows, restore } = rowsAlong("topK", x, axis);
  const length = rows.shape[1];
  if (!Number.isInteger(k) || k < 0 || k > length) {
    throw new ShapeError(
      `topK: k is ${k} for an axis of ${length} in ${printShape(x.shape)}; it must be a whole number in 0..${length}.`,
    );
  }
  const { places } = sortedRows(rows, largest);
  const first = (all: T) => restore(narrow(all, 1, 0, k));
  return { values: first(arrangeRows(rows, places)), indices: first(places) };
}
