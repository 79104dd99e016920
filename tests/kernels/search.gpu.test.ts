// Searching by halving against counting.

import { expect, test } from "vitest";
import { DEFAULT_PROFILE, type DeviceProfile } from "../../src/kernels/kernel.ts";
import { type SearchSizes, searchRows } from "../../src/kernels/search.ts";
import { runKernelToIntegers } from "../setup/runKernel.ts";

/** Folds all but the smallest dispatches into two dimensions, with some workgroups too many. */
const narrow: DeviceProfile = { ...DEFAULT_PROFILE, maxWorkgroupsPerDimension: 3 };

const cases: SearchSizes[] = [
  { rows: 1, length: 1, count: 3 },
  { rows: 5, length: 7, count: 4 },
  { rows: 3, length: 64, count: 70 },
];

test.each(cases)("%o", async (sizes) => {
  const { rows, length, count } = sizes;
  const keys = Int32Array.from({ length: rows * length }, (_, i) => Math.floor((i % length) / 3) * 2);
  const values = Int32Array.from({ length: rows * count }, (_, i) => ((i * 7) % (length + 4)) - 2);
  values[0] = 2147483647;
  for (const right of [false, true]) {
    const expected = values.map((value, i) => {
      const row = keys.subarray(Math.floor(i / count) * length).subarray(0, length);
      return row.filter((key) => key < value || (right && key === value)).length;
    });
    const found = await runKernelToIntegers(
      searchRows(sizes, right, narrow),
      { keys, values },
      values.length,
    );
    expect(found).toEqual(expected);
  }
});
