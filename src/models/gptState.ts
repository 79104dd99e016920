// The names under which GPT-2's parameters come: Hugging Face's files differ in a prefix and in what else they carry.

import type { StateSource } from "../api/loadState.ts";

const PREFIX = "transformer.";
/** Causal masks, which old files hold as buffers; and the head, which is tied to the embedding. */
const PASSED_OVER = /^(h\.\d+\.attn\.(bias|masked_bias)|lm_head\.weight)$/;

/** `state` under the names of a Gpt, without what a Gpt has no use for. */
export function gpt2State(state: StateSource): StateSource {
  const entries = [...state].flatMap(([name, entry]) => {
    const short = name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name;
    return PASSED_OVER.test(short) ? [] : [[PREFIX + short, entry] as const];
  });
  return new Map(entries);
}
