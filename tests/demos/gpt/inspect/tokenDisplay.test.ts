// Tokens as they are shown: every character has a sign, and every token a kind.

import { expect, test } from "vitest";
import {
  kindOf,
  percent,
  shortText,
  showToken,
  visibleText,
} from "../../../../demos/gpt/inspect/tokenDisplay.ts";

test.each<[string, string, string]>([
  ["letters", "the", "the"],
  ["a space before a word", " the", "␣the"],
  ["the end of a line", "a\r\n", "a␍↵"],
  ["a tab, nothing, delete", "\t\0\u007f", "⇥␀␡"],
  ["a space that does not break, one without width", "\u00a0\u200b", "U+00A0U+200B"],
  ["half of a surrogate pair", "\ud83d", "U+D83D"],
  ["a whole emoji", "😀", "😀"],
  ["an accent alone, and behind its letter", "\u0301", "◌\u0301"],
  ["an accent behind its letter", "e\u0301", "e\u0301"],
  ["a byte that is no character", "<0xE2>", "<0xE2>"],
  ["nothing", "", "∅"],
])("%s", (_name, text, shown) => {
  expect(visibleText(text)).toBe(shown);
});

test.each([
  ["a", "lower"],
  [" the", "lower"],
  ["ß", "lower"],
  ["中", "lower"],
  ["Q", "upper"],
  [" Éa", "upper"],
  ["7", "digit"],
  ["½", "digit"],
  [" ,", "punctuation"],
  ["+", "punctuation"],
  ["<b>", "punctuation"],
  [" ", "space"],
  ["\n\n", "space"],
  ["<0x0A>", "other"],
  [" <|end|>", "other"],
  ["\0", "other"],
  ["", "other"],
] as const)("%j is %s", (text, kind) => {
  expect(kindOf(text)).toBe(kind);
});

test("a token has its number, its signs and its kind", () => {
  expect(showToken(5, " B")).toEqual({ id: 5, text: "␣B", kind: "upper" });
});

test("long texts are cut between characters, shares have one decimal", () => {
  expect(shortText("abcdef", 6)).toBe("abcdef");
  expect(shortText("😀😀😀😀", 3)).toBe("😀😀…");
  expect(percent(0.4321)).toBe("43.2\u00a0%");
});
