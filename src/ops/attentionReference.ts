// Attention and its gradients in float64, a row of scores at a time, by the definition.

import type { AttentionSizes } from "../kernels/attention.ts";
import { type HostArray, hostZeros } from "../tensor/hostArray.ts";
import { uniformAt } from "./randomUniform.ts";

/** q, k, v, mask and random, as the fused records have them. */
export interface AttentionData {
  readonly q: HostArray;
  readonly k: HostArray;
  readonly v: HostArray;
  readonly mask: HostArray;
  readonly random: HostArray;
}

/** One row of scores: how each key counts, before and after dropout. */
interface Row {
  /** softmax; 0 where attention is not allowed. */
  readonly weights: Float64Array;
  /** What each weight is multiplied by: 0 or 1 / (1 - dropout). */
  readonly factors: Float64Array;
  /** In units of log 2: the largest score, and 1 / sum 2^(score - largest), 0 for a row in which nothing is allowed. */
  readonly largest: number;
  readonly inverse: number;
}

/** Where rows of the four axes stand: row-major, q and O by query head, k and v by key head. */
export function rowOffset(index: readonly number[], shape: readonly number[]): number {
  return index.reduce((total, position, axis) => total * shape[axis] + position, 0) * shape[index.length];
}

function dot(a: Float64Array, atA: number, b: Float64Array, atB: number, count: number): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += a[atA + i] * b[atB + i];
  return total;
}

/** The head of k and v that query head `head` looks at. */
export function keyHeadOf(head: number, { heads, keyHeads }: AttentionSizes): number {
  return Math.floor(head / (heads / keyHeads));
}

/** The row of query `i`. */
export function attentionRow(
  data: AttentionData,
  sizes: AttentionSizes,
  item: number,
  head: number,
  i: number,
): Row {
  const { q, k, mask, random } = data;
  const { keys, heads, queries, width, causal, scale, dropout } = sizes;
  const keyHead = keyHeadOf(head, sizes);
  const atQ = rowOffset([item, head, i], q.shape);
  const first = ((item * heads + head) * queries + i) * keys;
  const scores = new Float64Array(keys).fill(Number.NEGATIVE_INFINITY);
  const factors = new Float64Array(keys).fill(1);
  for (let j = 0; j < keys; j++) {
    const given = sizes.mask === "none" ? 0 : mask.data[first + j];
    const added = sizes.mask === "additive" ? Math.max(given, given < -3.5e38 ? given : -1e30) : 0;
    const isAllowed = !(causal && j > i) && !(sizes.mask === "bool" && given === 0);
    if (isAllowed)
      scores[j] = scale * dot(q.data, atQ, k.data, rowOffset([item, keyHead, j], k.shape), width) + added;
    if (dropout > 0) {
      const drawn = uniformAt(random.data[0], random.data[1], random.data[2], first + j);
      factors[j] = drawn < dropout ? 0 : 1 / (1 - dropout);
    }
  }
  const largest = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const isEmpty = largest === Number.NEGATIVE_INFINITY;
  const powers = scores.map((score) => (isEmpty ? 0 : Math.exp(score - largest)));
  const total = powers.reduce((a, b) => a + b, 0);
  const inverse = isEmpty ? 0 : 1 / total;
  return {
    weights: powers.map((power) => power * inverse),
    factors,
    largest: isEmpty ? -1e38 : largest / Math.LN2,
    inverse,
  };
}

/** Calls `visit` for each row of scores, in order. */
export function forEachRow(
  sizes: AttentionSizes,
  visit: (item: number, head: number, i: number) => void,
): void {
  for (let item = 0; item < sizes.batch; item++)
    for (let head = 0; head < sizes.heads; head++)
      for (let i = 0; i < sizes.queries; i++) visit(item, head, i);
}

/** O as [batch, queries, heads, value width], and `largest` and `inverse` as [batch, heads, queries]. */
export function attentionReference(data: AttentionData, sizes: AttentionSizes) {
  const { batch, heads, queries, keys, valueWidth } = sizes;
  const y = hostZeros([batch, queries, heads, valueWidth]);
  const largest = hostZeros([batch, heads, queries]);
  const inverse = hostZeros([batch, heads, queries]);
  forEachRow(sizes, (item, head, i) => {
    const row = attentionRow(data, sizes, item, head, i);
    const at = (item * heads + head) * queries + i;
    largest.data[at] = row.largest;
    inverse.data[at] = row.inverse;
    const to = rowOffset([item, i, head], y.shape);
    for (let j = 0; j < keys; j++) {
      const weight = row.weights[j] * row.factors[j];
      const from = rowOffset([item, keyHeadOf(head, sizes), j], data.v.shape);
      if (weight !== 0) for (let c = 0; c < valueWidth; c++) y.data[to + c] += weight * data.v.data[from + c];
    }
  });
  return { y, largest, inverse };
}

/** dq, dk and dv as [batch, rows, heads, width], given dO [batch, heads, queries, value width]. */
export function attentionGradientReference(data: AttentionData, dO: HostArray, sizes: AttentionSizes) {
  const { batch, heads, keyHeads, queries, keys, width, valueWidth, scale } = sizes;
  const { q, k, v } = data;
  const dq = hostZeros([batch, queries, heads, width]);
  const dk = hostZeros([batch, keys, keyHeads, width]);
  const dv = hostZeros([batch, keys, keyHeads, valueWidth]);
  forEachRow(sizes, (item, head, i) => {
    const { weights, factors } = attentionRow(data, sizes, item, head, i);
    const keyHead = keyHeadOf(head, sizes);
    const atDO = rowOffset([item, head, i], dO.shape);
    const pulls = weights.map(
      (_, j) => factors[j] * dot(dO.data, atDO, v.data, rowOffset([item, keyHead, j], v.shape), valueWidth),
    );
    const delta = dot(weights, 0, pulls, 0, keys);
    const atQ = rowOffset([item, head, i], q.shape);
    const toQ = rowOffset([item, i, head], dq.shape);
    for (let j = 0; j < keys; j++) {
      if (weights[j] === 0) continue;
      const dScore = scale * weights[j] * (pulls[j] - delta);
      const atK = rowOffset([item, keyHead, j], k.shape);
      const toK = rowOffset([item, j, keyHead], dk.shape);
      const toV = rowOffset([item, j, keyHead], dv.shape);
      for (let c = 0; c < width; c++) dq.data[toQ + c] += dScore * k.data[atK + c];
      for (let c = 0; c < width; c++) dk.data[toK + c] += dScore * q.data[atQ + c];
      const weight = weights[j] * factors[j];
      for (let c = 0; c < valueWidth; c++) dv.data[toV + c] += weight * dO.data[atDO + c];
    }
  });
  return { dq, dk, dv };
}
