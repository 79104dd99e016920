// Texts from a seed that have everything a tokenizer may meet.

import { seededRandom } from "../../src/data/seededRandom.ts";

const parts = [
  ...[
    "the ",
    " cat",
    "don't",
    "I'll",
    "we've",
    "'s",
    "''s",
    " 123",
    "4567",
    "it's  ",
    "\n\n",
    "\t",
    "   ",
    "\r\n",
    " !?",
    "...",
  ],
  ...[
    "é",
    "ß",
    "日本語",
    "한국",
    "עברית",
    "👩‍👩‍👧",
    "😀",
    "𝒳",
    "½",
    "٣",
    "\u00a0",
    "\u2003",
    "\u3000",
    "\u0085",
    "\ufeff",
    "\ufffd",
  ],
  ...[
    "\u0000",
    "\u001f",
    "\u007f",
    "\u0300",
    "<|endoftext|>",
    "__proto__",
    "\ud800",
    "\udbff",
    "\udc00",
    "\udfff",
  ],
];

/** A text of `pieces` pieces: words, spaces, letters of many scripts, halves of surrogate pairs, any code unit. */
export function randomText(seed: number, pieces: number): string {
  const random = seededRandom(seed);
  let text = "";
  for (let i = 0; i < pieces; i++) {
    text +=
      random() < 0.8
        ? parts[Math.floor(random() * parts.length)]
        : String.fromCharCode(Math.floor(random() * 0x10000));
  }
  return text;
}
