// fromHuggingFace: a tokenizer of the npm package @huggingface/tokenizers as one of ours.
//
// Decides: which of its methods are used, and that it neither adds nor drops special tokens. Leaves to that package:
// everything else; this one does not depend on it, whoever wants it makes the object and hands it in.

import { UsageError } from "../base/errors.ts";
import { requireText, requireToken, type Tokenizer } from "./tokenizer.ts";

/** What `new Tokenizer(tokenizerJson, tokenizerConfig)` of @huggingface/tokenizers has. */
export interface ForeignTokenizer {
  encode(text: string, options?: { add_special_tokens?: boolean }): { readonly ids: ArrayLike<number> };
  decode(
    ids: number[],
    options?: { skip_special_tokens?: boolean; clean_up_tokenization_spaces?: boolean },
  ): string;
  get_vocab(withAddedTokens?: boolean): ReadonlyMap<string, number>;
  id_to_token(id: number): string | undefined;
}

const methods = ["encode", "decode", "get_vocab", "id_to_token"] as const;

/**
 * A tokenizer that asks `foreign`. Whether `decode(encode(text))` is `text` depends on its kind. Throws UsageError where
 * `foreign` is no such object or has no token.
 */
export function fromHuggingFace(foreign: ForeignTokenizer): Tokenizer {
  const missing = methods.find((name) => typeof foreign?.[name] !== "function");
  if (missing !== undefined) {
    throw new UsageError(
      `fromHuggingFace: the tokenizer has no method ${missing}; it must be a Tokenizer of @huggingface/tokenizers.`,
    );
  }
  let vocabularySize = 0;
  for (const id of foreign.get_vocab(true).values()) vocabularySize = Math.max(vocabularySize, id + 1);
  if (!Number.isSafeInteger(vocabularySize) || vocabularySize === 0) {
    throw new UsageError(
      `fromHuggingFace: the vocabulary has ${vocabularySize} tokens; it must have at least one, with whole ids.`,
    );
  }
  return new AdaptedTokenizer(foreign, vocabularySize);
}

class AdaptedTokenizer implements Tokenizer {
  readonly vocabularySize: number;
  readonly #foreign: ForeignTokenizer;

  constructor(foreign: ForeignTokenizer, vocabularySize: number) {
    this.#foreign = foreign;
    this.vocabularySize = vocabularySize;
  }

  encode(text: string): Int32Array {
    requireText("encode: the text", text);
    return Int32Array.from(this.#foreign.encode(text, { add_special_tokens: false }).ids);
  }

  decode(tokens: ArrayLike<number>): string {
    const ids = Array.from(tokens);
    ids.forEach((token, i) => {
      requireToken(`decode: token ${i}`, token, this.vocabularySize);
    });
    // Of no token at all some decoders make an error.
    if (ids.length === 0) return "";
    return this.#foreign.decode(ids, { skip_special_tokens: false, clean_up_tokenization_spaces: false });
  }

  tokenText(token: number): string {
    const text = this.decode([token]);
    return text.includes("\ufffd") ? (this.#foreign.id_to_token(token) ?? text) : text;
  }

  toJSON(): never {
    throw new UsageError(
      "toJSON: this tokenizer is Hugging Face's; it is saved as the tokenizer.json from which it was made.",
    );
  }
}
