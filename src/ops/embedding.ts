// embedding: the rows of a table that tokens name; and its gradient, a whole table in which equal tokens are added up.

import { ShapeError, UsageError } from "../base/errors.ts";
import type { Spec, Value } from "../graph/node.ts";
import { constantNode } from "../graph/source.ts";
import {
  type EmbeddingGradientSizes,
  type EmbeddingSizes,
  embeddingGradientPlan,
  embeddingGradientRows,
  embeddingGradientScan,
  embeddingMerge,
  embeddingOrder,
  embeddingRows,
} from "../kernels/embedding.ts";
import { requireDtype, requireFloating } from "../tensor/dtype.ts";
import { type HostArray, hostZeros } from "../tensor/hostArray.ts";
import { elementCount, printShape, requireRank } from "../tensor/shape.ts";
import { apply, defineKernel, type KernelOp, makeNode } from "./define.ts";
import { equal } from "./equal.ts";
import { reshape } from "./reshape.ts";
import { unsqueeze } from "./squeeze.ts";
import { sum } from "./sum.ts";
import { where } from "./where.ts";

/** Which row is left out of the gradient. */
export interface EmbeddingOptions {
  /** A row that gets no gradient, such as that of a padding token. Negative counts from the end. Default: none. */
  readonly paddingIndex?: number;
}

/** The rows of the table, and which of them stays 0 (-1 for none). */
interface GradientAttrs {
  readonly size: number;
  readonly padding: number;
}

/** index: [count], weight: [size, dim]. */
const record = defineKernel<{ readonly padding: number }>({
  name: "embedding",
  output: ([index, weight]) => ({ shape: [index.shape[0], weight.shape[1]], dtype: weight.dtype }),
  reference([index, weight]) {
    const [size, dim] = weight.shape;
    const y = hostZeros([index.shape[0], dim]);
    index.data.forEach((row, place) => {
      const isRow = row >= 0 && row < size;
      if (isRow) y.data.set(weight.data.subarray(row * dim, (row + 1) * dim), place * dim);
      else y.data.fill(Number.NaN, place * dim, (place + 1) * dim);
    });
    return y;
  },
  gradient: ({ dy, inputs: [index, weight], attrs: { padding } }) => [
    undefined,
    embeddingGradient(dy, index, weight.shape[0], padding < 0 ? {} : { paddingIndex: padding }),
  ],
  dispatch: ([index, weight], _attrs, device) => embeddingRows(embeddingSizes(index, weight), device),
});

const gradientRecord: KernelOp<GradientAttrs> = defineKernel<GradientAttrs>({
  name: "embeddingGradient",
  output: ([dy], { size }) => ({ shape: [size, dy.shape[1]], dtype: dy.dtype }),
  reference([dy, index], attrs) {
    return sumRows(
      dy,
      attrs,
      [...index.data].map((row, place) => ({ row, place })),
    );
  },
  gradient({ dy: g, inputs: [, index], attrs: { padding } }) {
    const rows = embedding(index, g);
    if (padding < 0) return [rows];
    return [where(equal(unsqueeze(index, 1), padding), 0, rows)];
  },
  dispatch: ([dy, index], attrs, device) =>
    embeddingGradientScan(gradientSizes(dy, index.shape[0], attrs), 1, device),
  expand({ inputs: [dy, index], attrs, device }) {
    const plan = embeddingGradientPlan(gradientSizes(dy, index.shape[0], attrs), device);
    if (plan.how === "sort") {
      const { block } = plan;
      const blocks = makeNode(orderRecord, [index], { block });
      const order = block >= index.shape[0] ? blocks : makeNode(mergeRecord, [blocks], { block });
      if (attrs.size <= index.shape[0]) return makeNode(sortedRecord, [dy, order], attrs);
      const zeros = constantNode(0, dy.dtype, [attrs.size, dy.shape[1]]);
      return makeNode(rowsRecord, [zeros, dy, order], attrs);
    }
    if (plan.parts === 1) return undefined;
    return sum(makeNode(partsRecord, [dy, index], { ...attrs, parts: plan.parts }), { axis: 0 });
  },
});

/** The gradient in parts of the tokens, to be added up: [parts, size, dim]. */
const partsRecord = defineKernel<GradientAttrs & { readonly parts: number }>({
  name: "embeddingGradientParts",
  output: ([dy], { size, parts }) => ({ shape: [parts, size, dy.shape[1]], dtype: "f32" }),
  reference([dy, index], { parts, ...attrs }) {
    // Only the sum over the parts is defined; here the first part is all of it.
    const whole = sumRows(
      dy,
      attrs,
      [...index.data].map((row, place) => ({ row, place })),
    );
    const result = hostZeros([parts, ...whole.shape]);
    result.data.set(whole.data);
    return result;
  },
  dispatch: ([dy, index], { parts, ...attrs }, device) =>
    embeddingGradientScan(gradientSizes(dy, index.shape[0], attrs), parts, device),
});

/** i32 [2, count]: the tokens of each block in rising order, and where they stood. */
const orderRecord = defineKernel<{ readonly block: number }>({
  name: "embeddingOrder",
  output: ([index]) => ({ shape: [2, index.shape[0]], dtype: "i32" }),
  reference([index], { block }) {
    const count = index.shape[0];
    const y = hostZeros([2, count]);
    const blockOf = (place: number) => Math.floor(place / block);
    const places = Array.from({ length: count }, (_, place) => place);
    places.sort((a, b) => blockOf(a) - blockOf(b) || index.data[a] - index.data[b] || a - b);
    y.data.set(places.map((place) => index.data[place]));
    y.data.set(places, count);
    return y;
  },
  dispatch: ([index], { block }, device) => embeddingOrder(index.shape[0], block, device),
});

/** The same for all tokens as one block. */
const mergeRecord = defineKernel<{ readonly block: number }>({
  name: "embeddingMerge",
  output: ([order]) => order,
  reference([order]) {
    const count = order.shape[1];
    const y = hostZeros([2, count]);
    const [tokens, places] = [order.data.subarray(0, count), order.data.subarray(count)];
    const list = [...tokens.keys()].sort((a, b) => tokens[a] - tokens[b] || places[a] - places[b]);
    y.data.set(list.map((at) => tokens[at]));
    y.data.set(
      list.map((at) => places[at]),
      count,
    );
    return y;
  },
  dispatch: ([order], { block }, device) => embeddingMerge(order.shape[1], block, device),
});

/** The gradient, from all tokens in order. */
const sortedRecord = defineKernel<GradientAttrs>({
  name: "embeddingGradientSorted",
  output: ([dy], { size }) => ({ shape: [size, dy.shape[1]], dtype: dy.dtype }),
  reference: ([dy, order], attrs) => sumRows(dy, attrs, picksOf(order)),
  dispatch: ([dy, order], attrs, device) =>
    embeddingGradientRows(gradientSizes(dy, order.shape[1], attrs), device, true),
});

/** A table with the rows of tokens that occur replaced by their gradient, from all tokens in order. */
const rowsRecord = defineKernel<GradientAttrs>({
  name: "embeddingGradientRows",
  overwrites: 0,
  output: ([table]) => table,
  reference([table, dy, order], attrs) {
    const picks = picksOf(order);
    const sums = sumRows(dy, attrs, picks);
    const occurring = new Set(picks.map(({ row }) => row).filter((row) => row !== attrs.padding));
    const data = table.data.map((value, i) =>
      occurring.has(Math.floor(i / dy.shape[1])) ? sums.data[i] : value,
    );
    return { shape: table.shape, data };
  },
  dispatch: ([, dy, order], attrs, device) =>
    embeddingGradientRows(gradientSizes(dy, order.shape[1], attrs), device),
});

/** The rows that tokens in order name, and where in dy they stand. */
function picksOf({ shape: [, count], data }: HostArray): { row: number; place: number }[] {
  return Array.from({ length: count }, (_, at) => ({ row: data[at], place: data[count + at] }));
}

function embeddingSizes({ shape: [count] }: Spec, { shape: [size, dim] }: Spec): EmbeddingSizes {
  return { count, size, dim };
}

function gradientSizes(dy: Spec, count: number, { size, padding }: GradientAttrs): EmbeddingGradientSizes {
  return { count, size, dim: dy.shape[1], padding: padding < 0 ? undefined : padding };
}

/** The row of dy at each `place` added to `row` of a table of zeros. */
function sumRows(
  dy: HostArray,
  { size, padding }: GradientAttrs,
  picks: readonly { readonly row: number; readonly place: number }[],
): HostArray {
  const dim = dy.shape[1];
  const dw = hostZeros([size, dim]);
  for (const { row, place } of picks) {
    if (row < 0 || row >= size || row === padding) continue;
    for (let col = 0; col < dim; col++) dw.data[row * dim + col] += dy.data[place * dim + col];
  }
  return dw;
}

/**
 * Row index[…] of `weight` for each entry of `index`. index: i32 or u32, any shape; weight: [rows, dim], f32 or f16;
 * y: [...index, dim]. An entry that names no row gives NaN and no gradient. Throws ShapeError, DtypeError or
 * UsageError. Source: torch.nn.functional.embedding.
 */
export function embedding<T extends Value>(index: T, weight: T, { paddingIndex }: EmbeddingOptions = {}): T {
  requireIndex("embedding", index);
  requireFloating("embedding", "weight", weight);
  requireRank("embedding", "weight", weight.shape, 2, "[rows, dim]");
  const padding = requirePadding("embedding", paddingIndex, weight.shape[0]);
  const flat = reshape(index, [elementCount(index.shape)]);
  const rows = apply(record, [flat, weight], { padding });
  return reshape(rows, [...index.shape, weight.shape[1]]);
}

/**
 * The gradient of `embedding` for a table of `size` rows: the rows of dy added up, in order, by the row that `index`
 * names; all others are 0. dy: [count, dim], f32 or f16; index: [count], i32 or u32. Throws ShapeError, DtypeError or
 * UsageError.
 */
export function embeddingGradient<T extends Value>(
  dy: T,
  index: T,
  size: number,
  { paddingIndex }: EmbeddingOptions = {},
): T {
  requireIndex("embeddingGradient", index);
  requireFloating("embeddingGradient", "dy", dy);
  requireRank("embeddingGradient", "dy", dy.shape, 2, "[count, dim]");
  if (index.shape.length !== 1 || index.shape[0] !== dy.shape[0]) {
    throw new ShapeError(
      `embeddingGradient: index is ${printShape(index.shape)} for dy ${printShape(dy.shape)}; it must be [${dy.shape[0]}].`,
    );
  }
  const padding = requirePadding("embeddingGradient", paddingIndex, size);
  return apply(gradientRecord, [dy, index], { size, padding });
}

function requireIndex(op: string, index: Spec): void {
  requireDtype(op, "index", index, ["i32", "u32"]);
}

/** The row that gets no gradient, counted from 0; -1 for none. Throws UsageError for one that is no row. */
export function requirePadding(op: string, paddingIndex: number | undefined, size: number): number {
  if (paddingIndex === undefined) return -1;
  if (Number.isInteger(paddingIndex) && paddingIndex >= -size && paddingIndex < size) {
    return paddingIndex < 0 ? paddingIndex + size : paddingIndex;
  }
  throw new UsageError(
    `${op}: paddingIndex is ${paddingIndex} for ${size} rows; it must be a whole number from ${-size} to ${size - 1}.`,
  );
}
