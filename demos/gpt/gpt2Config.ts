// The config.json that Hugging Face's GPT-2 files come with.

import type { models } from "../../src/index.ts";

/** The sizes that it names; undefined where it is no such file. */
export function gpt2Config(bytes: Uint8Array): models.GptConfig | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const named = new Map(Object.entries(value));
  const sizes = ["vocab_size", "n_positions", "n_layer", "n_head", "n_embd"].map((name) => named.get(name));
  if (!sizes.every((size): size is number => typeof size === "number" && Number.isInteger(size)))
    return undefined;
  const [vocabularySize, context, layers, heads, width] = sizes;
  const eps: unknown = named.get("layer_norm_epsilon");
  return { vocabularySize, context, layers, heads, width, ...(typeof eps === "number" ? { eps } : {}) };
}
