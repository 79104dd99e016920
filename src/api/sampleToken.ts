// sampleToken: the next token of a text, drawn on the GPU with the engine's random numbers.

import type { FilterOptions } from "../ops/filterLogits.ts";
import { categorical, filterLogits } from "../ops/index.ts";
import { uniform } from "./random.ts";
import type { Tensor } from "./tensor.ts";

/**
 * A token for each row of logits, drawn with the probabilities that `filterLogits` gives. logits: [batch, vocabulary] or
 * [vocabulary], f32 or f16; y: i32 [batch] or []; -1 where logits are NaN or +infinity. `manualSeed` starts the draws anew.
 * Inside a compiled function each call draws new numbers, and options that are tensors may change between calls.
 * Throws what `filterLogits` throws.
 */
export function sampleToken(logits: Tensor, options: FilterOptions<Tensor> = {}): Tensor {
  const probabilities = filterLogits(logits, options);
  const shape = probabilities.shape.slice(0, -1);
  return categorical(probabilities, uniform(shape, { engine: logits.engine }));
}
