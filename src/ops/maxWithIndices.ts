// maxWithIndices, minWithIndices: the largest or smallest element along an axis, and where it stands.

import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { normalizeAxis } from "../tensor/shape.ts";
import { argmax } from "./argmax.ts";
import { argmin } from "./argmin.ts";
import { gather } from "./gather.ts";
import type { AxisOptions } from "./reduction.ts";
import { reshape } from "./reshape.ts";
import type { ValuesAndIndices } from "./sort.ts";

/** Along which axis, and whether it stays with size 1. */
export interface ExtremumOptions {
  /** Default: the last. */
  readonly axis?: number;
  /** Default false. */
  readonly keepDims?: boolean;
}

/**
 * The largest element along an axis and where it stands (i32), the first of equal ones; NaN counts as the largest. x: any
 * dtype. The gradient goes to that element alone, where `max` shares it. Throws ShapeError for an axis out of range or an
 * empty one. Source: torch.max with dim.
 */
export function maxWithIndices<T extends Value>(x: T, options: ExtremumOptions = {}): ValuesAndIndices<T> {
  requireTensor("maxWithIndices", "x", x);
  return picked("maxWithIndices", x, options, argmax);
}

/**
 * The smallest element along an axis and where it stands (i32), the first of equal ones; NaN counts as the smallest. x: any
 * dtype. The gradient goes to that element alone, where `min` shares it. Throws ShapeError for an axis out of range or an
 * empty one. Source: torch.min with dim.
 */
export function minWithIndices<T extends Value>(x: T, options: ExtremumOptions = {}): ValuesAndIndices<T> {
  requireTensor("minWithIndices", "x", x);
  return picked("minWithIndices", x, options, argmin);
}

function picked<T extends Value>(
  op: string,
  x: T,
  { axis = -1, keepDims = false }: ExtremumOptions,
  placeOf: (x: T, options: AxisOptions) => T,
): ValuesAndIndices<T> {
  const list = x.shape.length === 0 ? reshape(x, [1]) : x;
  const along = normalizeAxis(op, axis, list.shape.length);
  const places = placeOf(list, { axis: along, keepDims: true });
  const shape =
    x.shape.length === 0 ? [] : x.shape.flatMap((size, at) => (at !== along ? [size] : keepDims ? [1] : []));
  return {
    values: reshape(gather(list, places, { axis: along }), shape),
    indices: reshape(places, shape),
  };
}
