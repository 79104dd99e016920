// Both index-copy kernels against plain loops: what is named is written, nothing else, and of equal indices the last.

import { expect, test } from "vitest";
import { type IndexCopySizes, indexCopyEach, indexCopyOrdered } from "../../src/kernels/indexCopy.ts";
import { DEFAULT_PROFILE, type DeviceProfile } from "../../src/kernels/kernel.ts";
import { runKernel } from "../setup/runKernel.ts";

/** Folds all but the smallest dispatches into two dimensions, with some workgroups too many. */
const narrow: DeviceProfile = { ...DEFAULT_PROFILE, maxWorkgroupsPerDimension: 3 };

const cases: IndexCopySizes[] = [
  { outer: 1, size: 1, count: 1, inner: 1 },
  { outer: 12, size: 9, count: 1, inner: 64 },
  { outer: 3, size: 7, count: 5, inner: 1 },
  { outer: 2, size: 11, count: 66, inner: 3 },
  { outer: 5, size: 40, count: 37, inner: 12 },
];

for (const indexCopy of [indexCopyEach, indexCopyOrdered]) {
  test.each(cases)(`${indexCopy.name} %o`, async (sizes) => {
    const { outer, size, count, inner } = sizes;
    // Some rows twice, some outside on either side.
    const index = Int32Array.from({ length: count }, (_, j) => (((j * 2654435761) >>> 5) % (size + 2)) - 1);
    if (count === 1) index[0] = size - 1;
    const source = Float32Array.from({ length: outer * count * inner }, (_, i) => i + 0.25);
    const expected = new Float32Array(outer * size * inner).fill(Number.NaN);
    for (let o = 0; o < outer; o++)
      for (let j = 0; j < count; j++)
        for (let i = 0; i < inner; i++) {
          if (index[j] < 0 || index[j] >= size) continue;
          expected[(o * size + index[j]) * inner + i] = source[(o * count + j) * inner + i];
        }
    // The bench fills y with NaN: what no index names stays so.
    expect(await runKernel(indexCopy(sizes, narrow), { index, source }, expected.length)).toEqual(expected);
  });
}
