// concat_pair against plain loops, with and without whole quads.

import { expect, test } from "vitest";
import { type ConcatSizes, concat } from "../../src/kernels/concat.ts";
import { DEFAULT_PROFILE, type DeviceProfile } from "../../src/kernels/kernel.ts";
import { runKernel } from "../setup/runKernel.ts";

/** Folds all but the smallest dispatches into two dimensions, with some workgroups too many. */
const narrow: DeviceProfile = { ...DEFAULT_PROFILE, maxWorkgroupsPerDimension: 3 };

const cases: [sizes: ConcatSizes, wholeQuads: boolean][] = [
  [{ outer: 1, sizeA: 1, sizeB: 1, inner: 1 }, false],
  [{ outer: 5, sizeA: 1, sizeB: 2, inner: 1 }, false],
  [{ outer: 7, sizeA: 3, sizeB: 5, inner: 11 }, false],
  [{ outer: 3, sizeA: 4, sizeB: 3, inner: 1 }, false],
  [{ outer: 2, sizeA: 3, sizeB: 8, inner: 1 }, false],
  [{ outer: 9, sizeA: 4, sizeB: 12, inner: 1 }, true],
  [{ outer: 13, sizeA: 3, sizeB: 5, inner: 20 }, true],
  [{ outer: 1, sizeA: 2, sizeB: 1, inner: 1024 }, true],
];

test.each(cases)("%o", async (sizes, wholeQuads) => {
  const lengthA = sizes.sizeA * sizes.inner;
  const lengthB = sizes.sizeB * sizes.inner;
  const a = Float32Array.from({ length: sizes.outer * lengthA }, (_, i) => i + 0.25);
  const b = Float32Array.from({ length: sizes.outer * lengthB }, (_, i) => -i - 0.5);
  const expected: number[] = [];
  for (let o = 0; o < sizes.outer; o++) {
    expected.push(...a.subarray(o * lengthA, (o + 1) * lengthA));
    expected.push(...b.subarray(o * lengthB, (o + 1) * lengthB));
  }
  const dispatch = concat(sizes, narrow);
  expect(dispatch.aligned).toEqual(wholeQuads ? ["a", "b", "y"] : []);
  expect(await runKernel(dispatch, { a, b }, expected.length)).toEqual(Float32Array.from(expected));
});
