// Runs that are written out by number, folded and unfolded.

import { expect, test } from "vitest";
import { readBareShaders } from "../../scripts/bareShaders.ts";
import { foldText } from "../../scripts/foldText.ts";
import { unfold } from "../../src/base/unfold.ts";

const lines = (count: number, line: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join("");

test.each([
  ["accumulators", lines(16, (i) => `sum${i}+=row*b${4 * i + 3};`), "#16?sum'0'1+=row*b'3'4;?"],
  ["components", lines(4, (i) => `total+=left.${"xyzw"[i]}*right;`), "#4?total+=left.'x*right;?"],
  ["the same again", lines(5, () => "workgroupBarrier();"), "#5?workgroupBarrier();?"],
  ["what is too short", "a0=b0;a1=b1;", "a0=b0;a1=b1;"],
  ["what shrinks", lines(4, (i) => `values${9 - i}=values${9 - i}*factor;`), undefined],
  ["numbers with zeros before them", "mask=0x007u|0x008u|0x009u|0x010u|0x011u", undefined],
  ["more than four components", lines(6, (i) => `total+=left.${"xyzwxy"[i]}*right;`), undefined],
])("%s", (_what, text, folded) => {
  expect(foldText(text)).toBe(folded ?? foldText(text));
  expect(unfold(foldText(text))).toBe(text);
});

test("text that holds a mark is refused", () => {
  for (const mark of "#?'") expect(() => foldText(`a${mark}b`)).toThrow("a mark");
});

test("every shader unfolds to what it was, and they are shorter", () => {
  const texts = readBareShaders().map(({ text }) => text);
  const folded = texts.map(foldText);
  expect(folded.map(unfold)).toEqual(texts);
  expect(folded.join("").length).toBeLessThan(0.92 * texts.join("").length);
});
