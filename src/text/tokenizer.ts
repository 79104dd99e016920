// What every tokenizer is: text to token numbers and back.
//
// Decides: the interface, and which numbers are tokens. Leaves to the tokenizers: what a token stands for.

import { UsageError } from "../base/errors.ts";
import { requireWhole } from "../base/requireWhole.ts";

/** Text to tokens, whole numbers from 0 to vocabularySize - 1, and back. */
export interface Tokenizer {
  readonly vocabularySize: number;
  /** The tokens of `text`, i32. */
  encode(text: string): Int32Array;
  /** The text of `tokens`. Throws UsageError where one is not of the vocabulary. */
  decode(tokens: ArrayLike<number>): string;
  /** One token as it can be shown: bytes that are no character stand as `<0xE2>`. */
  tokenText(token: number): string;
  /**
   * The bytes that a token puts into the text (UTF-8, lone surrogates as WTF-8). Only tokenizers have it whose text is
   * the bytes of its tokens in a row.
   */
  tokenBytes?(token: number): Uint8Array;
  /** A plain value from which the tokenizer can be made again, for `JSON.stringify`. */
  toJSON(): unknown;
}

/** Throws UsageError unless `token` is one of a vocabulary of `vocabularySize`. `what` names it. */
export function requireToken(what: string, token: number, vocabularySize: number): void {
  requireWhole(what, token, 0, vocabularySize - 1);
}

/** Throws UsageError unless `text` is a string. */
export function requireText(what: string, text: unknown): asserts text is string {
  if (typeof text === "string") return;
  throw new UsageError(`${what} is ${text === null ? "null" : typeof text}; it must be a string.`);
}
