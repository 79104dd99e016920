// Attention of a few queries in float64, by the definition.

import type { DecodeSizes } from "../../src/kernels/decodeAttention.ts";

export interface DecodeData {
  readonly q: Float32Array;
  readonly keys: Float32Array;
  readonly values: Float32Array;
  readonly lengths: Int32Array;
}

/** y [batch, heads, queries, width]; query t sees lengths + t keys, at most all; one that sees none gives 0. */
export function decodeReference(sizes: DecodeSizes, { q, keys, values, lengths }: DecodeData): Float64Array {
  const { batch, heads, kvHeads, queries, capacity, depth, width, scale } = sizes;
  const y = new Float64Array(batch * heads * queries * width);
  for (let row = 0; row < batch * heads * queries; row++) {
    const query = row % queries;
    const head = Math.floor(row / queries) % heads;
    const item = Math.floor(row / queries / heads);
    const kvHead = item * kvHeads + Math.floor(head / (heads / kvHeads));
    const count = Math.min(capacity, Math.max(0, Math.min(capacity, lengths[item]) + query));
    const scores = Array.from({ length: count }, (_, key) => {
      let dot = 0;
      for (let d = 0; d < depth; d++) dot += q[row * depth + d] * keys[(kvHead * capacity + key) * depth + d];
      return dot * scale;
    });
    const largest = Math.max(...scores);
    const weights = scores.map((score) => Math.exp(score - largest));
    const total = weights.reduce((a, b) => a + b, 0);
    weights.forEach((weight, key) => {
      for (let column = 0; column < width; column++) {
        const value = values[(kvHead * capacity + key) * width + column];
        y[row * width + column] += (weight / total) * value;
      }
    });
  }
  return y;
}
