// gather and both kernels of its gradient against plain loops.

import { expect, test } from "vitest";
import {
  type GatherSizes,
  gather,
  gatherGradient,
  gatherGradientScan,
  gatherGradientSorted,
  gatherGradientSplit,
  isGatherGradientSorted,
} from "../../src/kernels/gather.ts";
import { DEFAULT_PROFILE, type DeviceProfile } from "../../src/kernels/kernel.ts";
import { runKernel } from "../setup/runKernel.ts";
import { allowedError } from "../setup/tolerances.ts";

const gpu = DEFAULT_PROFILE;
const fallback: DeviceProfile = { ...DEFAULT_PROFILE, kind: "fallback" };
/** Folds all but the smallest dispatches into two dimensions, with some workgroups too many. */
const narrow: DeviceProfile = { ...DEFAULT_PROFILE, maxWorkgroupsPerDimension: 3 };

const cases: GatherSizes[] = [
  { outer: 1, size: 1, count: 1, inner: 1 },
  { outer: 5, size: 10, count: 1, inner: 1 },
  { outer: 1, size: 17, count: 40, inner: 3 },
  { outer: 3, size: 8, count: 7, inner: 5 },
  { outer: 2, size: 7, count: 9, inner: 1 },
  { outer: 4, size: 9, count: 70, inner: 13 },
  { outer: 1, size: 3, count: 1031, inner: 1 },
];

/** A fixed, uneven sequence of numbers from 0 to 1. */
function sequence(count: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  });
}

function integers(count: number, seed: number): Float32Array {
  return Float32Array.from(sequence(count, seed), (fraction) => Math.floor(fraction * 21) - 10);
}

/** Indices from 2 below to 2 above those that are allowed. */
function indicesFor({ outer, size, count, inner }: GatherSizes): Int32Array {
  return Int32Array.from(sequence(outer * count * inner, 7), (fraction) => {
    return Math.floor(fraction * (size + 4)) - 2;
  });
}

/** Where in x the index picks element `i` of y; undefined outside. */
function placeOf({ size, count, inner }: GatherSizes, index: Int32Array, i: number): number | undefined {
  const at = index[i] ?? -1;
  if (at < 0 || at >= size) return undefined;
  return (Math.floor(i / (count * inner)) * size + at) * inner + (i % inner);
}

const nameOf = ({ outer, size, count, inner }: GatherSizes) => `[${outer}, ${size} by ${count}, ${inner}]`;

test.each(cases.map((sizes) => [nameOf(sizes), sizes] as const))(
  "picks, or gives NaN: %s",
  async (_, sizes) => {
    const x = integers(sizes.outer * sizes.size * sizes.inner, 1);
    const index = indicesFor(sizes);
    const expected = Float32Array.from(index, (_at, i) => x[placeOf(sizes, index, i) ?? -1] ?? Number.NaN);
    expect(await runKernel(gather(sizes, narrow), { x, index }, index.length)).toEqual(expected);
  },
);

test.each(cases.map((sizes) => [nameOf(sizes), sizes] as const))("sums the hits: %s", async (_, sizes) => {
  const index = indicesFor(sizes);
  const dy = integers(index.length, 2);
  const expected = new Float32Array(sizes.outer * sizes.size * sizes.inner);
  dy.forEach((value, i) => {
    const place = placeOf(sizes, index, i);
    if (place !== undefined) expected[place] = (expected[place] ?? 0) + value;
  });
  for (const dispatch of [gatherGradientScan(sizes, narrow), gatherGradientSplit(sizes, narrow)]) {
    expect(await runKernel(dispatch, { dy, index }, expected.length)).toEqual(expected);
  }
});

test("sums of fractions stay within the bar", async () => {
  const sizes: GatherSizes = { outer: 1, size: 2, count: 3000, inner: 1 };
  const index = Int32Array.from({ length: 3000 }, (_, j) => j % 2);
  const dy = Float32Array.from(sequence(3000, 3));
  for (const dispatch of [gatherGradientScan(sizes, gpu), gatherGradientSplit(sizes, gpu)]) {
    const dx = await runKernel(dispatch, { dy, index }, 2);
    for (const s of [0, 1]) {
      const sum = dy.reduce((total, value, j) => total + (j % 2 === s ? value : 0), 0);
      const comparison = { expected: sum, input: Number.NaN, magnitude: sum };
      const bar = allowedError({ family: "reduction", length: 1500 }, comparison);
      expect(Math.abs((dx[s] ?? Number.NaN) - sum)).toBeLessThanOrEqual(bar);
    }
  }
});

test.each([
  { rows: 1, size: 1, count: 1 },
  { rows: 3, size: 7, count: 70 },
  { rows: 2, size: 90, count: 13 },
])("sums from the order: %o", async ({ rows, size, count }) => {
  const order = new Int32Array(2 * rows * count);
  const dy = integers(rows * count, 2);
  const expected = new Float32Array(rows * size);
  for (let row = 0; row < rows; row++) {
    // Indices in rising order, some outside on either side; their places backwards.
    for (let j = 0; j < count; j++) {
      const at = row * count + j;
      const place = count - 1 - j;
      const s = Math.floor((j * (size + 2)) / count) - 1;
      order[at] = s;
      order[rows * count + at] = place;
      if (s >= 0 && s < size)
        expected[row * size + s] = (expected[row * size + s] ?? 0) + (dy[row * count + place] ?? 0);
    }
  }
  const dispatch = gatherGradientSorted({ rows, size, count }, narrow);
  expect(await runKernel(dispatch, { dy, order }, expected.length)).toEqual(expected);
});

test("a NaN in dy reaches the one element that it belongs to", async () => {
  const sizes: GatherSizes = { outer: 1, size: 10, count: 3, inner: 1 };
  const index = Int32Array.of(1, 6, 1);
  const dy = Float32Array.of(1, Number.NaN, 2);
  for (const dispatch of [gatherGradientScan(sizes, gpu), gatherGradientSplit(sizes, gpu)]) {
    expect([...(await runKernel(dispatch, { dy, index }, 10))]).toEqual([
      0,
      3,
      0,
      0,
      0,
      0,
      Number.NaN,
      0,
      0,
      0,
    ]);
  }
});

test("many looks are saved by putting the indices in order", () => {
  const long: GatherSizes = { outer: 1, size: 3000, count: 4000, inner: 1 };
  expect(isGatherGradientSorted(long, gpu)).toBe(false);
  expect(isGatherGradientSorted(long, fallback)).toBe(true);
  expect(isGatherGradientSorted({ ...long, count: 100_000 }, gpu)).toBe(true);
  expect(isGatherGradientSorted({ ...long, size: 100, count: 10_000_000 }, gpu)).toBe(false);
});

test("the gradient is split for few outputs with many indices, on a GPU alone", () => {
  const kernelOf = (sizes: GatherSizes, device: DeviceProfile) => gatherGradient(sizes, device).kernel.name;
  const few: GatherSizes = { outer: 1, size: 10, count: 5000, inner: 1 };
  expect(kernelOf(few, gpu)).toBe("gather_gradient_split");
  expect(kernelOf(few, fallback)).toBe("gather_gradient_scan");
  expect(kernelOf({ ...few, count: 500 }, gpu)).toBe("gather_gradient_scan");
  expect(kernelOf({ ...few, inner: 4096 }, gpu)).toBe("gather_gradient_scan");
});
