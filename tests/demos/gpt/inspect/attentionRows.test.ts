// Attention weights as rows, colours and arcs.

import { expect, test } from "vitest";
import { viridis } from "../../../../demos/_shell/colourMaps.ts";
import {
  arcPath,
  attendedBy,
  causalPixels,
  colourPlace,
  headWeights,
} from "../../../../demos/gpt/inspect/attentionRows.ts";
import type { AttentionReply } from "../../../../demos/gpt/inspect/inspectTypes.ts";

const token = { id: 0, text: "a", kind: "lower" } as const;
const reply: AttentionReply = {
  kind: "attention",
  tokens: [token, token],
  cutCount: 0,
  layers: 2,
  heads: 3,
  weights: Float32Array.from({ length: 2 * 3 * 4 }, (_, index) => index),
};

test("a head's weights are those of its layer", () => {
  expect([...headWeights(reply, 1, 2)]).toEqual([20, 21, 22, 23]);
  expect([...headWeights(reply, 0, 1)]).toEqual([4, 5, 6, 7]);
});

test("what a token attends to, the most first, and nothing that is ahead", () => {
  const weights = Float32Array.of(1, 0, 0, 0.25, 0.75, 0, 0.5, 0.125, 0.375);
  expect(attendedBy(weights, 3, 2)).toEqual([
    { index: 0, weight: 0.5 },
    { index: 2, weight: 0.375 },
    { index: 1, weight: 0.125 },
  ]);
  expect(attendedBy(weights, 3, 1).map(({ index }) => index)).toEqual([1, 0]);
});

test("colours go by the square root, and what is ahead is transparent", () => {
  expect([-1, 0, 0.25, 1, 2].map(colourPlace)).toEqual([0, 0, 0.5, 1, 1]);
  const pixels = causalPixels(Float32Array.of(1, 0, 0, 1), 2, viridis);
  const last = [...viridis.subarray(1020)];
  expect([...pixels]).toEqual([...last, 0, 0, 0, 0, ...viridis.subarray(0, 4), ...last]);
});

test("arcs stay below the top, rise with their span, and end where they should; a token's own is a loop", () => {
  const riseOf = (path: string) => Number(path.split(" ")[5]);
  const arcs = [10, 100, 1000].map((span) => arcPath(1010, 1010 - span, 80));
  const rises = arcs.map(riseOf);
  expect(rises).toEqual([...rises].sort((a, b) => a - b));
  expect(new Set(rises).size).toBe(3);
  expect(rises[2]).toBeLessThan(76);
  expect(arcPath(60, 20, 80)).toBe(arcPath(20, 60, 80));
  expect(arcPath(20, 60, 80)).toMatch(/^M 20 80 A 20 .* 0 0 1 60 80$/);
  expect(arcPath(20, 20, 80)).toBe("M 19 80 A 7 7 0 1 1 21 80");
});
