// Blocks sorted by both kernels, and runs merged, against the language's own stable sort.

import { describe, expect, test } from "vitest";
import { DEFAULT_PROFILE, type DeviceProfile } from "../../src/kernels/kernel.ts";
import {
  type SortSizes,
  sortBlock,
  sortBlocks,
  sortBlocksBitonic,
  sortBlocksCount,
  sortMerge,
} from "../../src/kernels/sort.ts";
import { runKernelToIntegers } from "../setup/runKernel.ts";

const gpu = DEFAULT_PROFILE;
const fallback: DeviceProfile = { ...DEFAULT_PROFILE, kind: "fallback" };
/** Folds all but the smallest dispatches into two dimensions, with some workgroups too many. */
const narrow: DeviceProfile = { ...DEFAULT_PROFILE, maxWorkgroupsPerDimension: 3 };

/** Keys with many ties, and the largest and smallest that there are. */
function keysFor({ rows, length }: SortSizes): Int32Array {
  return Int32Array.from({ length: rows * length }, (_, i) => {
    const mixed = Math.imul(i + 1, 2654435761) >> 7;
    if (i % 13 === 0) return i % 2 === 0 ? 2147483647 : -2147483648;
    return i % 3 === 0 ? mixed : mixed % 5;
  });
}

/** The order of each block of each row. */
function ordered(keys: Int32Array, { rows, length }: SortSizes, block: number): Int32Array {
  const result = new Int32Array(2 * rows * length);
  for (let row = 0; row < rows; row++) {
    for (let first = 0; first < length; first += block) {
      const places = Array.from({ length: Math.min(block, length - first) }, (_, j) => first + j);
      const keyOf = (place: number) => keys[row * length + place] ?? Number.NaN;
      places.sort((a, b) => keyOf(a) - keyOf(b));
      places.forEach((place, j) => {
        result[row * length + first + j] = keyOf(place);
        result[(rows + row) * length + first + j] = place;
      });
    }
  }
  return result;
}

describe.each<SortSizes>([
  { rows: 1, length: 1 },
  { rows: 5, length: 7 },
  { rows: 3, length: 130 },
  { rows: 1, length: 1031 },
])("%o", (sizes) => {
  const keys = keysFor(sizes);
  const count = 2 * sizes.rows * sizes.length;

  test("blocks", async () => {
    for (const block of [4, 64]) {
      const expected = ordered(keys, sizes, block);
      for (const dispatch of [
        sortBlocksBitonic(sizes, block, narrow),
        sortBlocksCount(sizes, block, narrow),
      ]) {
        expect(await runKernelToIntegers(dispatch, { keys }, count)).toEqual(expected);
      }
    }
  });

  test("runs", async () => {
    for (const device of [narrow, { ...narrow, kind: "fallback" as const }]) {
      for (const run of [16, 128]) {
        const order = ordered(keys, sizes, run);
        const expected = ordered(keys, sizes, 2 * run);
        expect(await runKernelToIntegers(sortMerge(sizes, run, device), { order }, count)).toEqual(expected);
      }
    }
  });
});

test("short rows are counted, longer ones go through a network on a GPU, in blocks", () => {
  const chosen = (length: number, device: DeviceProfile) => {
    const block = sortBlock(length, device);
    return `${sortBlocks({ rows: 1, length }, block, device).kernel.name} ${block}`;
  };
  expect(chosen(64, gpu)).toBe("sort_blocks_count 64");
  expect(chosen(65, gpu)).toBe("sort_blocks_bitonic 128");
  expect(chosen(5000, gpu)).toBe("sort_blocks_bitonic 1024");
  expect(chosen(32, fallback)).toBe("sort_blocks_count 32");
  expect(chosen(5000, fallback)).toBe("sort_blocks_count 16");
});
