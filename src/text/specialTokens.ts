// Special tokens: texts such as "<|endoftext|>" that are tokens of their own, kept apart from all other text.
//
// Decides: what may be one, and where a text has them (the longest, where one begins with another).
// Leaves to the tokenizer: their numbers, and whether a text is looked through for them at all.

import { quoted } from "../base/byteReader.ts";
import { longestTokenBytes } from "./bytePairs.ts";
import { encodeWtf8 } from "./wtf8.ts";

/** What is wrong with `text` as a special token; undefined where nothing is. */
export function specialTokenFault(text: unknown): string | undefined {
  if (typeof text !== "string") return `a special token is ${typeof text}; it must be a string`;
  if (text === "") return "a special token is empty; it must have a character";
  // JSON has no way to write it that all readers take.
  if (/\p{Surrogate}/u.test(text))
    return `the special token ${quoted(text)} has half of a surrogate pair; it must be well-formed`;
  const size = encodeWtf8(text).length;
  if (size <= longestTokenBytes) return undefined;
  return `the special token ${quoted(text)} has ${size} bytes; at most ${longestTokenBytes} are allowed`;
}

/** `text` cut before and after each special token. */
export function* splitAtSpecial(
  text: string,
  specialTokens: readonly string[],
): Generator<{ text: string; isSpecial: boolean }, void, undefined> {
  let start = 0;
  if (specialTokens.length > 0) {
    const longestFirst = specialTokens.toSorted((a, b) => b.length - a.length);
    const pattern = longestFirst.map((special) => special.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")).join("|");
    for (const { 0: special, index } of text.matchAll(new RegExp(pattern, "g"))) {
      if (index > start) yield { text: text.slice(start, index), isSpecial: false };
      yield { text: special, isSpecial: true };
      start = index + special.length;
    }
  }
  if (start < text.length) yield { text: text.slice(start), isSpecial: false };
}
