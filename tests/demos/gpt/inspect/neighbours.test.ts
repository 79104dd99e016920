// The nearest vectors, by angle.

import { expect, test } from "vitest";
import { nearestByCosine } from "../../../../demos/gpt/inspect/neighbours.ts";

const vectors = Float32Array.from(
  [
    [1, 0],
    [0, 2],
    [5, 5],
    [-3, 0],
    [0, 0],
    [9, 0.1],
  ].flat(),
);

test("order is by angle, whatever the lengths; the row itself is left out", () => {
  const found = nearestByCosine(vectors, 2, 0, 3);
  expect(found.map(({ index }) => index)).toEqual([5, 2, 1]);
  expect(found[1].cosine).toBeCloseTo(Math.SQRT1_2, 6);
  const all = nearestByCosine(vectors, 2, 0, 99);
  expect(all.map(({ index }) => index)).toEqual([5, 2, 1, 4, 3]);
  expect(all[4].cosine).toBeCloseTo(-1, 6);
});

test("a vector of zeros is at right angles to all", () => {
  expect(nearestByCosine(vectors, 2, 4, 2)).toEqual([
    { index: 0, cosine: 0 },
    { index: 1, cosine: 0 },
  ]);
});
