// How much each query attends to each key, as a matrix that can be looked at: slower than fused attention and larger.
//
// Leaves to others: attention whose weights nobody asks for (api/attention.ts).

import { arange } from "../api/arange.ts";
import type { Tensor } from "../api/tensor.ts";
import {
  add,
  broadcastTo,
  cast,
  greaterEqual,
  lessEqual,
  matmul,
  maximum,
  mul,
  reshape,
  softmax,
  transpose,
  where,
} from "../ops/index.ts";

/** The most negative f32: a mask below it is -Infinity. */
const LOWEST = -3.4028234663852886e38;
/** Added masks are held above this, so that sums with scores stay finite. */
const LOWEST_MASK = -1e30;
/** The score of a pair that may not attend: below all that an added mask can give. */
const MASKED = -3e38;

/** What weights are made of beside queries and keys. */
export interface WeightOptions {
  readonly causal: boolean;
  /** As `scaledDotProductAttention` takes it: bool, true where a query may look, or added to the scores. */
  readonly mask: Tensor | undefined;
}

/**
 * softmax(q kT / sqrt(width) + mask), f32 [batch, heads, queries, keys]: 0 where a query may not look, also in rows of
 * nothing else. q: [batch, heads, queries, width], k: [batch, heads, keys, width].
 */
export function attentionWeights(q: Tensor, k: Tensor, { causal, mask }: WeightOptions): Tensor {
  const products = cast(mul(matmul(q, transpose(k)), 1 / Math.sqrt(q.shape[3])), "f32");
  const added = mask === undefined || mask.dtype === "bool" ? undefined : cast(mask, "f32");
  const scores = added === undefined ? products : add(products, maximum(added, LOWEST_MASK));
  const byMask = added === undefined ? mask : greaterEqual(added, LOWEST);
  const allowed = causal ? withEarlier(byMask, q, k) : byMask;
  if (allowed === undefined) return softmax(scores);
  return where(allowed, softmax(where(allowed, scores, MASKED)), 0);
}

/** Where `allowed` holds and key j is no later than query i. */
function withEarlier(allowed: Tensor | undefined, { shape, engine }: Tensor, k: Tensor): Tensor {
  const count = (size: number) => arange(size, { dtype: "i32", engine });
  const [queries, keys] = [shape[2], k.shape[2]];
  const earlier = lessEqual(count(keys), reshape(count(queries), [queries, 1]));
  return allowed === undefined ? earlier : where(allowed, broadcastTo(earlier, [queries, keys]), allowed);
}
