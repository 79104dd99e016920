// Scattering against plain loops: what is named is written, nothing else, and of equal indices the last.

import { expect, test } from "vitest";
import type { GatherSizes } from "../../src/kernels/gather.ts";
import { DEFAULT_PROFILE, type DeviceProfile } from "../../src/kernels/kernel.ts";
import { scatterRuns } from "../../src/kernels/scatter.ts";
import { runKernel } from "../setup/runKernel.ts";

/** Folds all but the smallest dispatches into two dimensions, with some workgroups too many. */
const narrow: DeviceProfile = { ...DEFAULT_PROFILE, maxWorkgroupsPerDimension: 3 };

const cases: GatherSizes[] = [
  { outer: 1, size: 1, count: 1, inner: 1 },
  { outer: 3, size: 7, count: 5, inner: 1 },
  { outer: 2, size: 11, count: 66, inner: 3 },
  { outer: 5, size: 40, count: 37, inner: 13 },
];

async function check(sizes: GatherSizes, indexAt: (j: number) => number, isUnique: boolean) {
  const { outer, size, count, inner } = sizes;
  const index = Int32Array.from({ length: outer * count * inner }, (_, at) => {
    return indexAt(Math.floor(at / inner) % count);
  });
  const source = Float32Array.from(index, (_, at) => at + 0.25);
  // The bench fills y with NaN: what no index names stays so.
  const expected = new Float32Array(outer * size * inner).fill(Number.NaN);
  index.forEach((row, at) => {
    if (row < 0 || row >= size) return;
    const slab = Math.floor(at / (count * inner));
    expected[(slab * size + row) * inner + (at % inner)] = source[at] ?? Number.NaN;
  });
  const dispatch = scatterRuns(sizes, isUnique, narrow);
  expect(await runKernel(dispatch, { index, source }, expected.length)).toEqual(expected);
}

test.each(cases)("some twice, some outside on either side: %o", async (sizes) => {
  await check(sizes, (j) => (((j * 2654435761) >>> 5) % (sizes.size + 2)) - 1, false);
});

test.each(cases)("no two equal: %o", async (sizes) => {
  await check(sizes, (j) => sizes.count - 2 - j, true);
});
