// decodeAttention: attention of a few new queries against a preallocated cache, of which a length on the GPU says how much
// is valid. For generating text: no gradient.

import { ShapeError } from "../base/errors.ts";
import type { Spec, Value } from "../graph/node.ts";
import {
  type DecodeSizes,
  decodeAttention as decodeKernel,
  decodeSplits,
  decodeStride,
  decodeAttentionMerge as mergeKernel,
} from "../kernels/decodeAttention.ts";
import { promote, requireDtype, requireFloating } from "../tensor/dtype.ts";
import { type HostArray, hostZeros } from "../tensor/hostArray.ts";
import { isBroadcastable, printShape, requireRank } from "../tensor/shape.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { cast } from "./cast.ts";
import { apply, defineKernel, makeNode } from "./define.ts";
import { reshape } from "./reshape.ts";

/** What attention over a cache needs beside its tensors. */
export interface DecodeAttentionOptions<T extends Value> {
  /** How many keys the first query sees: i32 or u32, [] or [batch]. Query t sees t more. */
  readonly lengths: T;
  /** What scores are multiplied by. Default 1 / sqrt(depth). */
  readonly scale?: number;
}

interface DecodeAttrs {
  readonly scale: number;
}

type Shapes = readonly Pick<Spec, "shape">[];

function decodeSizes([q, keys, values]: Shapes, { scale }: DecodeAttrs): DecodeSizes {
  const [batch, heads, queries, depth] = q.shape;
  const [, kvHeads, capacity] = keys.shape;
  return { batch, heads, kvHeads, queries, capacity, depth, width: values.shape[3], scale };
}

const record = defineKernel<DecodeAttrs>({
  name: "decodeAttention",
  output: ([q, , values]) => ({
    shape: [...q.shape.slice(0, 3), values.shape[3]],
    dtype: promote(q.dtype, values.dtype),
  }),
  reference: (inputs, attrs) => attend(inputs, decodeSizes(inputs, attrs)).y,
  expand({ node, inputs, attrs, device }) {
    const splits = decodeSplits(decodeSizes(inputs, attrs), device);
    if (splits === 1) return undefined;
    const parts = makeNode(partsRecord, inputs, { ...attrs, splits });
    return reshape(cast(makeNode(mergeRecord, [parts], { width: node.shape[3] }), node.dtype), node.shape);
  },
  dispatch: (inputs, attrs, device) => decodeKernel({ ...decodeSizes(inputs, attrs), splits: 1 }, device),
});

/** Sums over parts of the valid keys, to be merged: [rows, splits, stride], as the kernel's header says. */
const partsRecord = defineKernel<DecodeAttrs & { readonly splits: number }>({
  name: "decodeAttentionParts",
  output(inputs, { splits, ...attrs }) {
    const { batch, heads, queries, width } = decodeSizes(inputs, attrs);
    return { shape: [batch * heads * queries, splits, decodeStride(width)], dtype: "f32" };
  },
  reference(inputs, { splits, ...attrs }) {
    // Only what the merging makes of it is defined; here the first part is all of it.
    const { y, isSeeing } = attend(inputs, decodeSizes(inputs, attrs));
    const width = y.shape[3];
    const stride = decodeStride(width);
    const parts = hostZeros([isSeeing.length, splits, stride]);
    isSeeing.forEach((sees, row) => {
      const start = row * splits * stride;
      parts.data.set(y.data.subarray(row * width, (row + 1) * width), start);
      parts.data[start + stride - 3] = Number(sees);
    });
    return parts;
  },
  dispatch: (inputs, { splits, ...attrs }, device) =>
    decodeKernel({ ...decodeSizes(inputs, attrs), splits }, device),
});

const mergeRecord = defineKernel<{ readonly width: number }>({
  name: "decodeAttentionMerge",
  output: ([x], { width }) => ({ shape: [x.shape[0], width], dtype: "f32" }),
  reference({ 0: x }, { width }) {
    const [rows, splits, stride] = x.shape;
    const y = hostZeros([rows, width]);
    for (let row = 0; row < rows; row++) {
      const parts = Array.from({ length: splits }, (_, split) => {
        const start = (row * splits + split) * stride;
        return x.data.subarray(start, start + stride);
      });
      const largest = Math.max(...parts.map((part) => part[stride - 4]));
      const weightOf = (part: Float64Array) => Math.exp(part[stride - 4] - largest);
      const total = parts.reduce((sum, part) => sum + weightOf(part) * part[stride - 3], 0);
      for (let column = 0; column < width; column++) {
        const sum = parts.reduce((partial, part) => partial + weightOf(part) * part[column], 0);
        y.data[row * width + column] = total === 0 ? 0 : sum / total;
      }
    }
    return y;
  },
  dispatch: ([{ shape }], { width }, device) =>
    mergeKernel({ rows: shape[0], splits: shape[1], width }, device),
});

/** The result, and for each row whether it sees any key. */
function attend(
  [q, keys, values, lengths]: readonly HostArray[],
  { batch, heads, kvHeads, queries, capacity, depth, width, scale }: DecodeSizes,
): { y: HostArray; isSeeing: boolean[] } {
  const y = hostZeros([batch, heads, queries, width]);
  const isSeeing = Array.from({ length: batch * heads * queries }, (_, row) => {
    const query = row % queries;
    const head = Math.floor(row / queries);
    const item = Math.floor(head / heads);
    const kvHead = item * kvHeads + Math.floor((head % heads) / (heads / kvHeads));
    const count = Math.max(0, Math.min(capacity, lengths.data[item] + query));
    const scores = Array.from({ length: count }, (_, key) => {
      const start = (kvHead * capacity + key) * depth;
      let dot = 0;
      for (let d = 0; d < depth; d++) dot += q.data[row * depth + d] * keys.data[start + d];
      return dot * scale;
    });
    const largest = Math.max(...scores);
    const total = scores.reduce((sum, score) => sum + Math.exp(score - largest), 0);
    scores.forEach((score, key) => {
      const weight = Math.exp(score - largest) / total;
      const start = (kvHead * capacity + key) * width;
      for (let column = 0; column < width; column++)
        y.data[row * width + column] += weight * values.data[start + column];
    });
    return count > 0;
  });
  return { y, isSeeing };
}

/**
 * softmax(scale q keysᵀ) values, where query t sees the first lengths + t keys. q: [batch, heads, queries, depth], meant
 * for up to 8 queries; keys: [batch, kvHeads, capacity, depth], values: [batch, kvHeads, capacity, width], all f32 or f16;
 * y: [batch, heads, queries, width]. Each key head serves heads / kvHeads query heads. Time grows with the lengths, not
 * with the capacity. A query that sees no key gives 0. Has no gradient. Throws ShapeError or DtypeError.
 * Source: Dao et al., Flash-Decoding, 2023; grouped heads: Ainslie et al., GQA, 2023.
 */
export function decodeAttention<T extends Value>(
  q: T,
  keys: T,
  values: T,
  { lengths, scale }: DecodeAttentionOptions<T>,
): T {
  for (const [name, x] of Object.entries({ q, keys, values })) {
    requireFloating("decodeAttention", name, x);
    const { shape } = x;
    requireRank("decodeAttention", name, shape, 4, name === "q" ? QUERY_AXES : CACHE_AXES);
  }
  requireFitting(q, keys, values);
  requireDtype("decodeAttention", "lengths", lengths, ["i32", "u32"]);
  const [batch, , , depth] = q.shape;
  if (!isBroadcastable(lengths.shape, [batch])) {
    throw new ShapeError(
      `decodeAttention: lengths are ${printShape(lengths.shape)}; they must be [] or [${batch}], one for each sequence.`,
    );
  }
  const attrs = { scale: scale ?? 1 / Math.sqrt(Math.max(1, depth)) };
  return apply(record, [q, keys, values, broadcastTo(lengths, [batch])], attrs);
}

const QUERY_AXES = "[batch, heads, queries, depth]";
const CACHE_AXES = "[batch, kvHeads, capacity, columns]";

function requireFitting(q: Spec, keys: Spec, values: Spec): void {
  const [batch, heads, , depth] = q.shape;
  const [, kvHeads, capacity] = keys.shape;
  if (keys.shape[0] !== batch || keys.shape[3] !== depth || kvHeads === 0 || heads % kvHeads !== 0) {
    throw new ShapeError(
      `decodeAttention: keys are ${printShape(keys.shape)} for q ${printShape(q.shape)}; they must be [${batch}, kvHeads, capacity, ${depth}] with ${heads} a multiple of kvHeads.`,
    );
  }
  if ([batch, kvHeads, capacity].some((size, axis) => size !== values.shape[axis])) {
    throw new ShapeError(
      `decodeAttention: values are ${printShape(values.shape)} for keys ${printShape(keys.shape)}; they must be [${batch}, ${kvHeads}, ${capacity}, width].`,
    );
  }
}
