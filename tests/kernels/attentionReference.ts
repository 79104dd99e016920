// Inputs for the attention kernels, laid out in several ways, and what must come out, in float64.
//
// Leaves to others: the definition itself (src/ops/attentionReference.ts), which PyTorch's results are compared with.

import type { AttentionSizes } from "../../src/kernels/attention.ts";
import type { Dispatch } from "../../src/kernels/kernel.ts";
import {
  attentionGradientReference,
  attentionReference,
  rowOffset,
} from "../../src/ops/attentionReference.ts";
import type { HostArray } from "../../src/tensor/hostArray.ts";
import { elementCount } from "../../src/tensor/shape.ts";
import type { HostData } from "../setup/runKernel.ts";
import { scattered } from "./matmulReference.ts";

/**
 * `own`: each tensor contiguous. `projection`: q, k and v side by side in rows of one tensor [batch, rows, …], dy with its
 * heads side by side. `per key`: as `own`, with one mask row for all queries.
 */
export type AttentionLayout = "own" | "projection" | "per key";

/** What the kernels are given, and the numbers of strided ports that differ from those of a launch. */
export interface AttentionInputs {
  readonly ports: Readonly<Record<string, HostData>>;
  readonly strides: Readonly<Record<string, number>>;
}

/** In float64: y and dq [batch, queries, heads, …], dk and dv [batch, keys, key heads, …]; per row dot, largest, inverse. */
export interface AttentionResults {
  readonly y: Float64Array;
  readonly stats: Float64Array;
  readonly dq: Float64Array;
  readonly dkv: Float64Array;
}

/** Numbers by place, in the order of [batch, heads, rows, columns]. */
interface Logical {
  readonly q: HostArray;
  readonly k: HostArray;
  readonly v: HostArray;
  readonly dy: HostArray;
  readonly mask: HostArray;
  readonly random: HostArray;
}

function filled(shape: readonly number[], fill: (index: number) => number): HostArray {
  return {
    shape,
    data: Float64Array.from({ length: elementCount(shape) }, (_, index) => Math.fround(fill(index))),
  };
}

/** A mask of three kinds of rows in turn: a part, none (two in seven), all but what -1e9 hides. */
function maskValue(kind: AttentionSizes["mask"], row: number, key: number): number {
  const chance = scattered(11)(row * 977 + key);
  const isAllowed = row % 7 > 1 && chance > -0.4;
  if (kind === "bool") return isAllowed ? 1 : 0;
  if (row % 7 === 5) return key % 2 === 0 ? -1e9 : chance;
  return isAllowed ? chance : Number.NEGATIVE_INFINITY;
}

function logicalInputs(sizes: AttentionSizes, layout: AttentionLayout): Logical {
  const { batch, heads, keyHeads, queries, keys, width, valueWidth, mask } = sizes;
  const scores = mask === "none" ? [1] : [batch, heads, queries, keys];
  const rowOf = (index: number) => (layout === "per key" ? 2 : Math.floor(index / keys));
  return {
    q: filled([batch, heads, queries, width], scattered(1)),
    k: filled([batch, keyHeads, keys, width], scattered(2)),
    v: filled([batch, keyHeads, keys, valueWidth], scattered(3)),
    dy: filled([batch, heads, queries, valueWidth], scattered(4)),
    mask: filled(scores, (index) => maskValue(mask, rowOf(index), index % keys)),
    random: { shape: [3], data: Float64Array.of(17, 5, 3) },
  };
}

/** `x` [batch, heads, rows, columns] written by strides into `to`. */
function scatter(
  x: HostArray,
  to: Float32Array,
  [batch, head, row]: readonly number[],
  offset: number,
): void {
  const [, heads, rows, columns] = x.shape;
  for (let line = 0; line < x.data.length / columns; line++) {
    const at =
      offset +
      Math.floor(line / rows / heads) * batch +
      (Math.floor(line / rows) % heads) * head +
      (line % rows) * row;
    for (let column = 0; column < columns; column++) to[at + column] = x.data[line * columns + column];
  }
}

function projection({ q, k, v, dy }: Logical): AttentionInputs {
  const sizeOf = ({ shape }: HostArray) => shape[1] * shape[3];
  const [queries, keys] = [q.shape[2], k.shape[2]];
  const row = sizeOf(q) + sizeOf(k) + sizeOf(v);
  const rows = Math.max(queries, keys);
  const qkv = new Float32Array(q.shape[0] * rows * row).fill(Number.NaN);
  const merged = new Float32Array(dy.data.length);
  const strides: Record<string, number> = {};
  const place = (
    port: string,
    x: HostArray,
    to: Float32Array,
    numbers: readonly number[],
    offset: number,
  ) => {
    scatter(x, to, numbers, offset);
    ["Batch", "Head", "Row"].forEach((axis, index) => {
      strides[`${port}Stride${axis}`] = numbers[index];
    });
    strides[`${port}Offset`] = offset;
  };
  place("q", q, qkv, [rows * row, q.shape[3], row], 0);
  place("k", k, qkv, [rows * row, k.shape[3], row], sizeOf(q));
  place("v", v, qkv, [rows * row, v.shape[3], row], sizeOf(q) + sizeOf(k));
  place("dy", dy, merged, [queries * sizeOf(dy), dy.shape[3], sizeOf(dy)], 0);
  return { ports: { q: qkv, k: qkv, v: qkv, dy: merged }, strides };
}

/** The numbers of a case where the kernels read them, and what must come out. */
export function attentionCase(
  sizes: AttentionSizes,
  layout: AttentionLayout,
): { inputs: AttentionInputs; expected: AttentionResults } {
  const logical = logicalInputs(sizes, layout);
  const { q, k, v, dy, mask } = logical;
  const plain = ({ data }: HostArray) => Float32Array.from(data);
  const ports = { q: plain(q), k: plain(k), v: plain(v), dy: plain(dy), mask: plain(mask) };
  const random = Uint32Array.from(logical.random.data);
  const placed = layout === "projection" ? projection(logical) : { ports: {}, strides: {} };
  const perKey = { maskStrideBatch: 0, maskStrideHead: 0, maskStrideRow: 0, maskOffset: 3 };
  if (layout === "per key") {
    const row = [Number.NaN, Number.NaN, Number.NaN, ...mask.data.subarray(0, sizes.keys)];
    ports.mask = Float32Array.from(row);
  }
  const strides = layout === "per key" ? perKey : placed.strides;
  const inputs = { ports: { ...ports, ...placed.ports, random }, strides };
  return { inputs, expected: resultsOf(logical, sizes) };
}

function resultsOf(logical: Logical, sizes: AttentionSizes): AttentionResults {
  const { y, largest, inverse } = attentionReference(logical, sizes);
  const { dq, dk, dv } = attentionGradientReference(logical, logical.dy, sizes);
  const { valueWidth } = sizes;
  const { batch, heads, queries } = sizes;
  const dots = Float64Array.from({ length: batch * heads * queries }, (_, line) => {
    const [item, head] = [Math.floor(line / queries / heads), Math.floor(line / queries) % heads];
    const at = rowOffset([item, line % queries, head], y.shape);
    let total = 0;
    for (let c = 0; c < valueWidth; c++) total += logical.dy.data[line * valueWidth + c] * y.data[at + c];
    return total;
  });
  return {
    y: y.data,
    stats: Float64Array.of(...dots, ...largest.data, ...inverse.data),
    dq: dq.data,
    dkv: Float64Array.of(...dk.data, ...dv.data),
  };
}

/** `dispatch` with the strides of a case. */
export function withStrides(dispatch: Dispatch, strides: Readonly<Record<string, number>>): Dispatch {
  const own = Object.entries(strides).filter(([name]) => name in dispatch.params);
  return { ...dispatch, params: { ...dispatch.params, ...Object.fromEntries(own) } };
}
