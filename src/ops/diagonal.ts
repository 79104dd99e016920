// diagonal: the elements whose indices on two axes go together, without a copy.

import { ShapeError } from "../base/errors.ts";
import { requireWhole } from "../base/requireWhole.ts";
import type { Node, Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { normalizeAxis, type Shape } from "../tensor/shape.ts";
import { apply, defineView, type Gradient } from "./define.ts";
import { embed } from "./embed.ts";
import { moveAxis } from "./moveAxis.ts";
import { reshape } from "./reshape.ts";

/** Which diagonal, of which axes. */
export interface DiagonalOptions {
  /** How far it is above the main diagonal; below it where negative. Default 0. */
  readonly offset?: number;
  /** The axis of rows. */
  readonly axis1?: number;
  /** The axis of columns. */
  readonly axis2?: number;
}

type DiagonalAttrs = Required<DiagonalOptions>;

/** How many elements the diagonal has, and where it begins. */
function diagonalOf(shape: Shape, { offset, axis1, axis2 }: DiagonalAttrs) {
  const row = Math.max(0, -offset);
  const column = Math.max(0, offset);
  return { row, column, length: Math.max(0, Math.min(shape[axis1] - row, shape[axis2] - column)) };
}

const record = defineView<DiagonalAttrs>({
  name: "diagonal",
  output: ([x], attrs) => ({
    shape: [...others(x.shape, attrs), diagonalOf(x.shape, attrs).length],
    dtype: x.dtype,
  }),
  layout({ shape, strides, offset }, attrs) {
    const { axis1, axis2 } = attrs;
    const { row, column, length } = diagonalOf(shape, attrs);
    return {
      shape: [...others(shape, attrs), length],
      strides: [...others(strides, attrs), strides[axis1] + strides[axis2]],
      offset: length === 0 ? offset : offset + row * strides[axis1] + column * strides[axis2],
    };
  },
  gradient: (context) => [spread(context)],
});

/** dy on the diagonal of zeros. */
function spread({ dy, inputs: [x], attrs }: Gradient<DiagonalAttrs>): Node {
  const { axis1, axis2 } = attrs;
  const { row, column } = diagonalOf(x.shape, attrs);
  const [rows, cols] = [x.shape[axis1], x.shape[axis2]];
  const around = others(x.shape, attrs);
  const flat = embed(dy, { axis: -1, size: rows * cols, start: row * cols + column, step: cols + 1 });
  return moveAxis(reshape(flat, [...around, rows, cols]), [-2, -1], [axis1, axis2]);
}

function others(list: readonly number[], { axis1, axis2 }: DiagonalAttrs): number[] {
  return list.filter((_, axis) => axis !== axis1 && axis !== axis2);
}

/**
 * The elements of `x` at [i, i + offset] of `axis1` and `axis2` (default 0 and 1), as its last axis, without a copy.
 * x: any dtype. Throws ShapeError unless the axes are two of x's, UsageError for an offset that is not whole.
 * Source: torch.diagonal.
 */
export function diagonal<T extends Value>(
  x: T,
  { offset = 0, axis1 = 0, axis2 = 1 }: DiagonalOptions = {},
): T {
  requireTensor("diagonal", "x", x);
  return apply(record, [x], { offset, ...requireAxes("diagonal", x.shape.length, offset, axis1, axis2) });
}

/**
 * The elements of `x`, along its last axis, at [i, i + offset] of `axis1` and `axis2` (default -2 and -1) of zeros.
 * x: any dtype; the result has an axis more. Throws ShapeError for a scalar, or unless the axes are two of the
 * result's; UsageError for an offset that is not whole. Source: torch.diag_embed.
 */
export function diagEmbed<T extends Value>(
  x: T,
  { offset = 0, axis1 = -2, axis2 = -1 }: DiagonalOptions = {},
): T {
  requireTensor("diagEmbed", "x", x);
  const rank = x.shape.length;
  normalizeAxis("diagEmbed", -1, rank);
  const axes = requireAxes("diagEmbed", rank + 1, offset, axis1, axis2);
  const size = x.shape[rank - 1] + Math.abs(offset);
  const start = Math.max(0, -offset) * size + Math.max(0, offset);
  const flat = embed(x, { axis: -1, size: size * size, start, step: size + 1 });
  const square = reshape(flat, [...x.shape.slice(0, -1), size, size]);
  return moveAxis(square, [-2, -1], [axes.axis1, axes.axis2]);
}

function requireAxes(op: string, rank: number, offset: number, first: number, second: number) {
  requireWhole(`${op}: offset`, offset, Number.MIN_SAFE_INTEGER);
  const axis1 = normalizeAxis(op, first, rank);
  const axis2 = normalizeAxis(op, second, rank);
  if (axis1 === axis2) {
    throw new ShapeError(`${op}: axis1 and axis2 are both ${axis1}; they must be two axes.`);
  }
  return { axis1, axis2 };
}
