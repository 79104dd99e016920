// The gradient of sliding windows against a plain loop.

import { expect, test } from "vitest";
import { DEFAULT_PROFILE, type DeviceProfile } from "../../src/kernels/kernel.ts";
import { type UnfoldSizes, unfoldGradient } from "../../src/kernels/unfold.ts";
import { runKernel } from "../setup/runKernel.ts";

/** Folds all but the smallest dispatches into two dimensions, with some workgroups too many. */
const narrow: DeviceProfile = { ...DEFAULT_PROFILE, maxWorkgroupsPerDimension: 3 };

const cases: UnfoldSizes[] = [
  { outer: 1, count: 1, inner: 1, size: 1, step: 1, dilation: 1, before: 0, length: 1 },
  { outer: 3, count: 5, inner: 7, size: 4, step: 1, dilation: 1, before: 0, length: 9 },
  { outer: 2, count: 4, inner: 1, size: 5, step: 3, dilation: 1, before: 0, length: 14 },
  { outer: 1, count: 6, inner: 13, size: 2, step: 4, dilation: 1, before: 0, length: 23 },
  { outer: 4, count: 65, inner: 1, size: 16, step: 2, dilation: 1, before: 0, length: 150 },
  { outer: 2, count: 5, inner: 3, size: 3, step: 2, dilation: 3, before: 2, length: 11 },
  { outer: 1, count: 3, inner: 2, size: 2, step: 1, dilation: 2, before: 4, length: 6 },
];

test.each(cases.map((sizes) => [JSON.stringify(sizes), sizes] as const))("%s", async (_, sizes) => {
  const { outer, count, inner, size, step, dilation, before, length } = sizes;
  const dy = Float32Array.from({ length: outer * count * inner * size }, (_value, i) => (i % 17) - 8);
  const expected = new Float32Array(outer * length * inner);
  dy.forEach((value, i) => {
    const line = Math.floor(i / size);
    const slab = Math.floor(line / inner);
    const l = (slab % count) * step + (i % size) * dilation - before;
    if (l < 0 || l >= length) return;
    const at = (Math.floor(slab / count) * length + l) * inner + (line % inner);
    expected[at] += value;
  });
  expect(await runKernel(unfoldGradient(sizes, narrow), { dy }, expected.length)).toEqual(expected);
});
