// The order in which what is alike stands together.

import { expect, test } from "vitest";
import { besideAlike } from "../../scripts/besideAlike.ts";

const sums = "for (let i = 0; i < count; i++) { sum += x[i] * y[i]; }";
const loops = "while (rest > 0) { rest -= take(); shown = false; }";

test("texts follow what they have most in common with, the longest first", () => {
  const longest = `${sums} return sum; // a longer one than all the others`;
  const texts = [loops, "nothing of the kind", sums, `${loops} return;`, longest];
  expect(besideAlike(texts)).toEqual([4, 2, 0, 3, 1]);
});

test("texts that have nothing in common keep their order behind the longest", () => {
  expect(besideAlike(["a", "b", "ccc", "d"])).toEqual([2, 0, 1, 3]);
  expect(besideAlike([])).toEqual([]);
});
