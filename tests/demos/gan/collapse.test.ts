// What is said of the shares of classes.

import { expect, test } from "vitest";
import { collapseText, rarestShare } from "../../../demos/gan/collapse.ts";

const digits = [..."0123456789"];

test.each<[string, number[], string]>([
  ["all are there", Array(10).fill(0.1), "All 10 classes are drawn."],
  ["two are rare", [0.02, 0.039, ...Array(8).fill(0.117)], "All 10 classes are drawn, 0 and 1 rarely."],
  [
    "one is below 2 %",
    [0.019, ...Array(9).fill(0.109)],
    "Hardly any 0: mode collapse, the generator draws 9 of 10 classes.",
  ],
  [
    "one is not there, one hardly",
    [0.12, 0.12, 0.12, 0.12, 0, 0.12, 0.12, 0.13, 0.14, 0.01],
    "No 4 and hardly any 9: mode collapse, the generator draws 8 of 10 classes.",
  ],
  [
    "one is left",
    [0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
    "No 0, 2, 3, 4, 5, 6, 7, 8 or 9: mode collapse, the generator draws 1 alone.",
  ],
])("%s", (_, shares, text) => {
  expect(collapseText(shares, digits)).toBe(text);
});

test("classes go by their names, and shares beyond them do not count", () => {
  const shares = [0.5, 0.5, 0, 0, 0, 0, 0, 0, 0, 0];
  expect(collapseText(shares, ["cats", "dogs"])).toBe("Both classes are drawn.");
  expect(rarestShare(shares, 2)).toBe(0.5);
  expect(rarestShare(shares, 3)).toBe(0);
});
