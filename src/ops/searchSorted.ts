// searchSorted: where values would have to stand in rows that are in order.

import { ShapeError } from "../base/errors.ts";
import { product } from "../base/integers.ts";
import type { Value } from "../graph/node.ts";
import { searchRows } from "../kernels/search.ts";
import { promote, requireTensor } from "../tensor/dtype.ts";
import { hostZeros } from "../tensor/hostArray.ts";
import { isSameShape, printShape } from "../tensor/shape.ts";
import { cast } from "./cast.ts";
import { apply, defineKernel } from "./define.ts";
import { reshape } from "./reshape.ts";
import { sortKeys } from "./sortOrder.ts";

/** On which side of equal elements a value goes. */
export interface SearchSortedOptions {
  /** Behind them. Default false: before them. */
  readonly right?: boolean;
}

/** i32 [rows, count]: how many of keys [rows, length] are below each of values [rows, count], or not above it. */
const record = defineKernel<{ readonly right: boolean }>({
  name: "searchSorted",
  output: ([, values]) => ({ shape: values.shape, dtype: "i32" }),
  reference([keys, values], { right }) {
    const [rows, count] = values.shape;
    const length = keys.shape[1];
    const y = hostZeros([rows, count]);
    values.data.forEach((value, at) => {
      const row = Math.floor(at / count) * length;
      const before = keys.data
        .subarray(row, row + length)
        .filter((key) => (right ? key <= value : key < value));
      y.data[at] = before.length;
    });
    return y;
  },
  dispatch: ([keys, { shape }], { right }, device) =>
    searchRows({ rows: shape[0], length: keys.shape[1], count: shape[1] }, right, device),
});

/** How many of sorted i32 keys [rows, length] are below each of i32 values [rows, count]; `right`: not above it. */
export function searchKeys<T extends Value>(keys: T, values: T, right: boolean): T {
  return apply(record, [keys, values], { right });
}

/**
 * For each of `values` the index at which it goes into the row of `sorted` so that its order stays: i32, values' shape.
 * sorted: [..., length] in rising order, or [length] for all values; values: [..., count]; any dtypes, which promote. NaN
 * counts as above all numbers, -0 as 0. Throws ShapeError where other sizes than the last differ. Source: torch.searchsorted.
 */
export function searchSorted<T extends Value>(
  sorted: T,
  values: T,
  { right = false }: SearchSortedOptions = {},
): T {
  requireTensor("searchSorted", "sorted", sorted);
  requireTensor("searchSorted", "values", values);
  if (sorted.shape.length === 0) {
    throw new ShapeError("searchSorted: sorted is []; it must have at least one axis.");
  }
  const lead = sorted.shape.slice(0, -1);
  const isShared = lead.length === 0;
  if (!isShared && (values.shape.length === 0 || !isSameShape(lead, values.shape.slice(0, -1)))) {
    throw new ShapeError(
      `searchSorted: values are ${printShape(values.shape)} for sorted ${printShape(sorted.shape)}; all sizes but the last must be equal.`,
    );
  }
  const dtype = promote(sorted.dtype, values.dtype);
  const rows = product(lead);
  const length = sorted.shape[sorted.shape.length - 1];
  const count = isShared ? product(values.shape) : values.shape[values.shape.length - 1];
  const keys = (x: T, size: number) => sortKeys(reshape(cast(x, dtype), [rows, size]), "rising");
  return reshape(searchKeys(keys(sorted, length), keys(values, count), right), values.shape);
}

/**
 * The interval of rising `boundaries` in which each element of `x` lies: i32, x's shape. boundaries: [n]; element v gets
 * the i with boundaries[i - 1] < v <= boundaries[i], or where `right` with boundaries[i - 1] <= v < boundaries[i]. Throws
 * ShapeError unless boundaries are a row. Source: torch.bucketize.
 */
export function bucketize<T extends Value>(x: T, boundaries: T, options: SearchSortedOptions = {}): T {
  requireTensor("bucketize", "x", x);
  requireTensor("bucketize", "boundaries", boundaries);
  if (boundaries.shape.length !== 1) {
    throw new ShapeError(
      `bucketize: boundaries are ${printShape(boundaries.shape)}; they must have exactly 1 axis.`,
    );
  }
  return searchSorted(boundaries, x, options);
}
