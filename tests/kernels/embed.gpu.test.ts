// embed_slices against plain loops: steps both ways, with and without whole quads.

import { expect, test } from "vitest";
import { type EmbedSizes, embed } from "../../src/kernels/embed.ts";
import { DEFAULT_PROFILE, type DeviceProfile } from "../../src/kernels/kernel.ts";
import { runKernel } from "../setup/runKernel.ts";

/** Folds all but the smallest dispatches into two dimensions, with some workgroups too many. */
const narrow: DeviceProfile = { ...DEFAULT_PROFILE, maxWorkgroupsPerDimension: 3 };

const cases: [sizes: EmbedSizes, wholeQuads: boolean][] = [
  [{ outer: 1, size: 1, count: 1, inner: 1, start: 0, step: 1 }, false],
  [{ outer: 3, size: 7, count: 4, inner: 1, start: 2, step: 1 }, false],
  [{ outer: 2, size: 5, count: 5, inner: 3, start: 0, step: 1 }, false],
  [{ outer: 5, size: 11, count: 4, inner: 7, start: 1, step: 3 }, false],
  [{ outer: 5, size: 12, count: 4, inner: 1, start: 10, step: -3 }, false],
  [{ outer: 2, size: 6, count: 6, inner: 5, start: 5, step: -1 }, false],
  [{ outer: 4, size: 9, count: 3, inner: 8, start: 1, step: 2 }, true],
  [{ outer: 4, size: 9, count: 3, inner: 4, start: 8, step: -4 }, true],
  [{ outer: 3, size: 12, count: 4, inner: 1, start: 8, step: 1 }, true],
  [{ outer: 3, size: 6, count: 2, inner: 6, start: 2, step: 1 }, true],
  [{ outer: 3, size: 12, count: 4, inner: 1, start: 7, step: 1 }, false],
  [{ outer: 40, size: 33, count: 1, inner: 3, start: 32, step: 5 }, false],
];

test.each(cases)("%o", async (sizes, wholeQuads) => {
  const { outer, size, count, inner, start, step } = sizes;
  const x = Float32Array.from({ length: outer * count * inner }, (_, i) => i + 0.25);
  const expected = new Float32Array(outer * size * inner);
  for (let o = 0; o < outer; o++)
    for (let j = 0; j < count; j++)
      for (let i = 0; i < inner; i++) {
        expected[(o * size + start + j * step) * inner + i] = x[(o * count + j) * inner + i] ?? Number.NaN;
      }
  const dispatch = embed(sizes, narrow);
  expect(dispatch.aligned).toEqual(wholeQuads ? ["x", "y"] : []);
  expect(await runKernel(dispatch, { x }, expected.length)).toEqual(expected);
});
