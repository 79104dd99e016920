// tril, triu: one triangle of each matrix is kept, the rest is 0. One elementwise op, which knows its place by the index.

import { requireWhole } from "../base/requireWhole.ts";
import type { Value } from "../graph/node.ts";
import type { ElementwiseRecord } from "../graph/op.ts";
import { constantNode } from "../graph/source.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { normalizeAxis } from "../tensor/shape.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { apply } from "./define.ts";
import { operandZero } from "./operandZero.ts";

/** Where the triangle ends. */
export interface TriangleOptions {
  /** The last diagonal that is kept, counted from the main one upwards. Default 0. */
  readonly diagonal?: number;
}

interface TriangleAttrs {
  readonly upper: boolean;
}

/** Inputs: x, the sizes of its matrices, the diagonal. Sizes are data, so that another size is no other shader. */
const record: ElementwiseRecord<TriangleAttrs> = {
  kind: "elementwise",
  name: "triangle",
  usesIndex: true,
  output: ([x]) => x,
  operands: ([x]) => [x.dtype, "u32", "u32", "i32"],
  reference([x, rows, cols, diagonal], { upper }, index) {
    const above = (index % cols) - (Math.floor(index / cols) % rows);
    return (upper ? above >= diagonal : above <= diagonal) ? x : 0;
  },
  wgsl([x, rows, cols, diagonal], types, { upper }) {
    const { i32, index } = types;
    const above = `(${i32}(${index} % ${cols}) - ${i32}((${index} / ${cols}) % ${rows}))`;
    const isKept = `(${above} ${upper ? ">=" : "<="} ${diagonal})`;
    if (types.operands[0] === "bool") return `(${x} & ${isKept})`;
    return `select(${operandZero(types)}, ${x}, ${isKept})`;
  },
  gradient: ({ dy, inputs: [, ...place], attrs }) => [apply(record, [dy, ...place], attrs)],
};

/**
 * `x` with 0 above a diagonal of its last two axes. x: any dtype, at least two axes. Throws ShapeError for fewer,
 * UsageError unless the diagonal is a whole number. Source: torch.tril.
 */
export function tril<T extends Value>(x: T, { diagonal = 0 }: TriangleOptions = {}): T {
  requireTensor("tril", "x", x);
  return triangle("tril", x, diagonal, false);
}

/**
 * `x` with 0 below a diagonal of its last two axes. x: any dtype, at least two axes. Throws ShapeError for fewer,
 * UsageError unless the diagonal is a whole number. Source: torch.triu.
 */
export function triu<T extends Value>(x: T, { diagonal = 0 }: TriangleOptions = {}): T {
  requireTensor("triu", "x", x);
  return triangle("triu", x, diagonal, true);
}

function triangle<T extends Value>(op: string, x: T, diagonal: number, upper: boolean): T {
  const rank = x.shape.length;
  requireWhole(`${op}: diagonal`, diagonal, -(2 ** 31), 2 ** 31 - 1);
  const rows = x.shape[normalizeAxis(op, -2, rank)];
  const cols = x.shape[rank - 1];
  const place = [constantNode(rows, "u32"), constantNode(cols, "u32"), constantNode(diagonal, "i32")];
  const everywhere = place.map((node) => broadcastTo(x.derive(node, [x]), x.shape));
  return apply(record, [x, ...everywhere], { upper });
}
