// scaledDotProductAttention: attention whose dropout draws from the engine's random numbers.

import { scaledDotProductAttention as attention } from "../ops/index.ts";
import type { AttentionOptions } from "../ops/scaledDotProductAttention.ts";
import { randomKey } from "./random.ts";
import type { Tensor } from "./tensor.ts";

/** How attention differs from softmax(q kT / sqrt(width)) v. */
export interface ScaledDotProductAttentionOptions
  extends Omit<AttentionOptions<Tensor>, "dropout" | "random"> {
  /** The probability with which a weight becomes 0, the others growing to make up for it. Default 0. */
  readonly dropout?: number;
}

/**
 * softmax(q kT scale + mask) v for each head, by kernels that never hold the matrix of scores; see the op of that name for
 * shapes and errors. Dropout always applies where it is above 0: leave it out in evaluation.
 * Source: torch.nn.functional.scaled_dot_product_attention.
 */
export function scaledDotProductAttention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  { dropout = 0, ...options }: ScaledDotProductAttentionOptions = {},
): Tensor {
  if (dropout === 0) return attention(q, k, v, options);
  return attention(q, k, v, { ...options, dropout, random: randomKey(q.engine) });
}
