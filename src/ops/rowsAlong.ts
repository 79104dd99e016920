// Rows: any axis brought to the last of two, for ops that work on one row at a time. Views.

import { product, range } from "../base/integers.ts";
import type { Value } from "../graph/node.ts";
import { normalizeAxis } from "../tensor/shape.ts";
import { moveAxis } from "./moveAxis.ts";
import { reshape } from "./reshape.ts";

/** A tensor as rows. */
export interface Rows<T extends Value> {
  /** [rows, length], rows being all that runs along the axis. */
  readonly rows: T;
  /** The tensor that `result`, rows of any length, stands for: the axis where it was, other sizes as they were. */
  restore(result: T): T;
}

/** The rows of `x` along `axis`; a scalar is a row of one. Throws ShapeError for an axis out of range. */
export function rowsAlong<T extends Value>(op: string, x: T, axis: number): Rows<T> {
  const { shape } = x;
  const along = normalizeAxis(op, axis, Math.max(1, shape.length));
  if (shape.length === 0) return { rows: reshape(x, [1, 1]), restore: (result) => reshape(result, []) };
  const lead = range(0, shape.length).filter((other) => other !== along);
  const sizes = lead.map((other) => shape[other]);
  const rows = reshape(moveAxis(x, along, -1), [product(sizes), shape[along]]);
  return { rows, restore: (result) => moveAxis(reshape(result, [...sizes, result.shape[1]]), -1, along) };
}
