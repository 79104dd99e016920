// Tokens as a visitor can see them: nothing invisible, nothing empty, and what kind of token each is.

import type { ShownToken, TokenKind } from "./inspectTypes.ts";

const NAMED: Readonly<Record<string, string>> = { " ": "␣", "\n": "↵", "\t": "⇥", "\u007f": "␡" };
/** U+2400 and on are pictures of the control characters, in their order. */
const CONTROL_PICTURES = 0x2400;
/** Control and format characters, spaces of other kinds, halves of surrogate pairs, and what no font has. */
const INVISIBLE = /^[\p{C}\p{Z}]$/u;
const COMBINING = /^\p{M}/u;
/** Bytes that are no character, as tokenizers show them; and tokens such as "<|endoftext|>". */
const NO_CHARACTER = /^(<0x[0-9A-F]{2}>|<\|.*\|>$)/;

/** Token `id`, whose text is `text` (Tokenizer.tokenText). */
export function showToken(id: number, text: string): ShownToken {
  return { id, text: visibleText(text), kind: kindOf(text) };
}

/** `text` with a visible sign for every character that has none of its own. */
export function visibleText(text: string): string {
  if (text === "") return "∅";
  const signs = Array.from(text, signOf).join("");
  return COMBINING.test(text) ? `◌${signs}` : signs;
}

function signOf(character: string): string {
  const named = NAMED[character];
  if (named !== undefined) return named;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(CONTROL_PICTURES + code);
  return INVISIBLE.test(character) ? `U+${code.toString(16).toUpperCase().padStart(4, "0")}` : character;
}

/** By the first character that is not the space before a word. */
export function kindOf(text: string): TokenKind {
  const word = text.trimStart();
  if (word === "") return text === "" ? "other" : "space";
  if (NO_CHARACTER.test(word)) return "other";
  if (/^[\p{Lu}\p{Lt}]/u.test(word)) return "upper";
  if (/^\p{L}/u.test(word)) return "lower";
  if (/^\p{N}/u.test(word)) return "digit";
  return /^[\p{P}\p{S}]/u.test(word) ? "punctuation" : "other";
}

/** At most `most` characters of `text`; the sign for more stands for the rest. */
export function shortText(text: string, most: number): string {
  const characters = Array.from(text);
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join("")}…`;
}

/** 0.4321 as "43.2 %". */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)}\u00a0%`;
}
