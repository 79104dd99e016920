// rotaryEmbedding: pairs of features turned by an angle that grows with their position (RoPE).
//
// One elementwise op: y = x cos + swap(x) sin, where swap(x), a view, exchanges the two of each pair, and the table's
// sines carry the sign. The table comes from outside, made in float64, since devices may compute sines to 2^-11 only.

import { ShapeError, UsageError } from "../base/errors.ts";
import { product } from "../base/integers.ts";
import type { Spec, Value } from "../graph/node.ts";
import type { ElementwiseRecord } from "../graph/op.ts";
import { requireDtype, requireFloating } from "../tensor/dtype.ts";
import { isSameShape, printShape } from "../tensor/shape.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { cast } from "./cast.ts";
import { apply } from "./define.ts";
import { embedding } from "./embedding.ts";
import { mul } from "./mul.ts";
import { reshape } from "./reshape.ts";
import { slice } from "./slice.ts";

/** Where x stands, and which features make a pair. */
export interface RotaryOptions<T extends Value> {
  /** The position of each row of x: i32 or u32 [tokens], or [batch, tokens]. Default: `offset`, `offset` + 1, … */
  readonly positions?: T;
  /** The position of the first row, where `positions` is not given. Default 0. */
  readonly offset?: number;
  /**
   * Whether pairs are neighbours, features 2i and 2i + 1 (GPT-J), rather than features i and i + dim / 2 (GPT-NeoX,
   * Llama). The table must be made for it. Default false.
   */
  readonly interleaved?: boolean;
}

interface RotaryAttrs {
  readonly interleaved: boolean;
}

/** Invariant: the second input is `swapped` of the first, so that the gradient of the first is that of both. */
const record: ElementwiseRecord<RotaryAttrs> = {
  kind: "elementwise",
  name: "rotaryEmbedding",
  output: ([x]) => x,
  operands: () => ["f32", "f32", "f32", "f32"],
  reference: ([x, other, cos, sin]) => x * cos + other * sin,
  wgsl: ([x, other, cos, sin]) => `${x} * ${cos} + ${other} * ${sin}`,
  flops: 3,
  gradient({ dy, inputs: [x, other, cos, sin], attrs }) {
    const { interleaved } = attrs;
    // The transpose of a rotation, which is the rotation back.
    const dx = apply(record, [dy, swapped(dy, interleaved), cos, swapped(sin, interleaved)], attrs);
    return [dx, undefined, cast(mul(dy, x), cos.dtype), cast(mul(dy, other), sin.dtype)];
  },
};

/** x with the two features of each pair exchanged: a view. */
function swapped<T extends Value>(x: T, interleaved: boolean): T {
  const dim = x.shape[x.shape.length - 1];
  const pairs = interleaved ? [dim / 2, 2] : [2, dim / 2];
  const apart = reshape(x, [...x.shape.slice(0, -1), ...pairs]);
  const axis = apart.shape.length - (interleaved ? 1 : 2);
  const steps = apart.shape.map((_, index) => (index === axis ? -1 : 1));
  return reshape(slice(apart, { steps }), x.shape);
}

/**
 * x with each pair of features (a, b) at position p turned to (a cos - b sin, a sin + b cos) of p times the pair's
 * frequency. x: [..., tokens, dim], f32 or f16, with an even dim; table: f32 [positions, 2, dim], the cosines and the
 * signed sines for each feature, as `nn.rotaryTable` makes it. With `positions` [batch, tokens] the first axis of x is
 * the batch; a position that the table lacks gives NaN. Throws ShapeError, DtypeError or UsageError.
 * Source: Su et al., "RoFormer" (2021).
 */
export function rotaryEmbedding<T extends Value>(
  x: T,
  table: T,
  { positions, offset = 0, interleaved = false }: RotaryOptions<T> = {},
): T {
  requireTable(x, table);
  const rows = positions === undefined ? rowsFrom(x, table, offset) : rowsAt(x, table, positions);
  const half = (index: number) => {
    const axis = rows.shape.length - 2;
    const starts = rows.shape.map((_, at) => (at === axis ? index : 0));
    const ends = rows.shape.map((size, at) => (at === axis ? index + 1 : size));
    return broadcastTo(reshape(slice(rows, { starts, ends }), rows.shape.toSpliced(axis, 1)), x.shape);
  };
  return apply(record, [x, swapped(x, interleaved), half(0), half(1)], { interleaved });
}

/** The table's rows from `offset` on: [tokens, 2, dim]. */
function rowsFrom<T extends Value>(x: T, table: T, offset: number): T {
  const tokens = x.shape[x.shape.length - 2];
  const isInside = Number.isInteger(offset) && offset >= 0 && offset + tokens <= table.shape[0];
  if (isInside) return slice(table, { starts: [offset], ends: [offset + tokens] });
  throw new UsageError(
    `rotaryEmbedding: ${tokens} tokens from offset ${offset} on, but the table has ${table.shape[0]} positions; all must be in the table.`,
  );
}

/** The table's rows at `positions`: [tokens, 2, dim], or [batch, 1, …, tokens, 2, dim]. */
function rowsAt<T extends Value>(x: T, table: T, positions: T): T {
  requireDtype("rotaryEmbedding", "positions", positions, ["i32", "u32"]);
  const rank = x.shape.length;
  const tokens = x.shape[rank - 2];
  const perText = rank > 2 ? [x.shape[0], tokens] : undefined;
  const isPerText = perText !== undefined && isSameShape(positions.shape, perText);
  if (!isPerText && !isSameShape(positions.shape, [tokens])) {
    throw new ShapeError(
      `rotaryEmbedding: positions are ${printShape(positions.shape)} for x ${printShape(x.shape)}; they must be ${printShape([tokens])}${perText === undefined ? "" : ` or ${printShape(perText)}`}.`,
    );
  }
  const flat = reshape(table, [table.shape[0], product(table.shape.slice(1))]);
  const between = isPerText ? [x.shape[0], ...new Array<number>(rank - 3).fill(1)] : [];
  return reshape(embedding(positions, flat), [...between, tokens, ...table.shape.slice(1)]);
}

function requireTable(x: Spec, table: Spec): void {
  requireFloating("rotaryEmbedding", "x", x);
  requireFloating("rotaryEmbedding", "table", table);
  const dim = x.shape[x.shape.length - 1];
  const isFitting = x.shape.length >= 2 && dim % 2 === 0;
  if (isFitting && table.shape.length === 3 && isSameShape(table.shape.slice(1), [2, dim])) return;
  throw new ShapeError(
    `rotaryEmbedding: x is ${printShape(x.shape)} and table ${printShape(table.shape)}; ` +
      "they must be [..., tokens, dim] with an even dim, and [positions, 2, dim].",
  );
}
