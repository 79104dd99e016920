// All scans, by workgroup and by invocation, in one block and in several, against plain loops.

import { describe, expect, test } from "vitest";
import { DEFAULT_PROFILE, type DeviceProfile } from "../../src/kernels/kernel.ts";
import {
  type ScanSizes,
  type ScanVariant,
  scanBlock,
  scanLargest,
  scanLinear,
  scanVariant,
  scanVariantOf,
} from "../../src/kernels/scan.ts";
import { runKernel, runKernelToIntegers } from "../setup/runKernel.ts";
import { allowedError } from "../setup/tolerances.ts";

const gpu = DEFAULT_PROFILE;
const fallback: DeviceProfile = { ...DEFAULT_PROFILE, kind: "fallback" };
/** Folds all but the smallest dispatches into two dimensions, with some workgroups too many. */
const narrow: DeviceProfile = { ...DEFAULT_PROFILE, maxWorkgroupsPerDimension: 3 };

const cases: readonly (readonly [ScanVariant, ScanSizes])[] = [
  ["rows", { outer: 1, length: 1, inner: 1, block: 1 }],
  ["rows", { outer: 3, length: 255, inner: 1, block: 255 }],
  ["rows", { outer: 2, length: 1032, inner: 1, block: 1032 }],
  ["rows", { outer: 5, length: 2051, inner: 1, block: 500 }],
  ["serial", { outer: 1, length: 1, inner: 1, block: 1 }],
  ["serial", { outer: 3, length: 37, inner: 5, block: 37 }],
  ["serial", { outer: 2, length: 100, inner: 3, block: 32 }],
  ["serial", { outer: 70, length: 9, inner: 1, block: 9 }],
];

function blocksOf({ length, block }: ScanSizes): number {
  return Math.ceil(length / block);
}

/** What `step` makes of each element in turn, from what stands before its block. */
function scanned(
  { outer, length, inner, block }: ScanSizes,
  carry: ArrayLike<number>,
  step: (value: number, at: number, l: number) => number,
): number[] {
  const result = new Array<number>(outer * length * inner).fill(0);
  const blocks = Math.ceil(length / block);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      let value = 0;
      for (let l = 0; l < length; l++) {
        if (l % block === 0) value = carry[(o * blocks + l / block) * inner + i] ?? Number.NaN;
        const at = (o * length + l) * inner + i;
        value = step(value, at, l);
        result[at] = value;
      }
    }
  }
  return result;
}

describe.each(cases)("%s %o", (variant, sizes) => {
  const count = sizes.outer * sizes.length * sizes.inner;
  const carryCount = sizes.outer * blocksOf(sizes) * sizes.inner;
  const small = Float32Array.from({ length: count }, (_, i) => ((i * 7) % 11) - 5);
  const carry = Float32Array.from({ length: carryCount }, (_, i) => (i % 5) - 2);

  test("sums of small whole numbers, exactly", async () => {
    const dispatch = scanVariantOf(variant, "sum", sizes, false, narrow);
    const expected = scanned(sizes, carry, (value, at) => value + (small[at] ?? 0));
    expect([...(await runKernel(dispatch, { x: small, carry }, count))]).toEqual(expected);
  });

  test("products of powers of two, exactly, and of a zero", async () => {
    const x = small.map((value, i) => (i % 97 === 96 ? 0 : i % 2 === 0 ? 2 : value < 0 ? -0.5 : 0.5));
    const dispatch = scanVariantOf(variant, "prod", sizes, false, narrow);
    const expected = scanned(sizes, carry, (value, at) => value * (x[at] ?? 0));
    const actual = [...(await runKernel(dispatch, { x, carry }, count))];
    expect(actual.map((value) => value + 0)).toEqual(expected.map((value) => value + 0));
  });

  test("linear steps", async () => {
    const a = small.map((value) => (value > 3 ? 0 : value % 2));
    const dispatch = scanLinear(variant, sizes, narrow);
    const expected = scanned(sizes, carry, (value, at) => (a[at] ?? 0) * value + (small[at] ?? 0));
    const actual = [...(await runKernel(dispatch, { a, b: small, carry }, count))];
    expect(actual.map((value) => value + 0)).toEqual(expected.map((value) => value + 0));
  });

  test("the place of the largest so far", async () => {
    const keys = Int32Array.from(small, (value, i) => (i % 50 === 0 ? -2147483648 : value + (i >> 8)));
    const places = Int32Array.from({ length: carryCount }, (_, i) => {
      const b = Math.floor(i / sizes.inner) % blocksOf(sizes);
      return b === 0 ? -1 : b * sizes.block - 1;
    });
    const keyAt = (at: number, l: number, place: number) => keys[at + (place - l) * sizes.inner] ?? 0;
    const expected = scanned(sizes, places, (best, at, l) => {
      return best < 0 || keyAt(at, l, l) >= keyAt(at, l, best) ? l : best;
    });
    const dispatch = scanLargest(variant, sizes, narrow);
    expect([...(await runKernelToIntegers(dispatch, { keys, carry: places }, count))]).toEqual(expected);
  });
});

test.each<ScanVariant>(["rows", "serial"])(
  "sums of equal fractions stay within the bar: %s",
  async (variant) => {
    const length = 20_000;
    const x = new Float32Array(length).fill(0.1);
    const sizes: ScanSizes = { outer: 1, length, inner: 1, block: length };
    const dispatch = scanVariantOf(variant, "sum", sizes, false, gpu);
    const y = await runKernel(dispatch, { x, carry: Float32Array.of(0) }, length);
    y.forEach((value, l) => {
      const expected = (l + 1) * Math.fround(0.1);
      const bar = allowedError(
        { family: "reduction", length: l + 1 },
        { expected, input: Number.NaN, magnitude: expected },
      );
      expect(Math.abs(value - expected), `${l}`).toBeLessThanOrEqual(bar);
    });
  },
);

test("rows are cut where few of them would leave a device idle", () => {
  const chosen = (outer: number, length: number, inner: number, device: DeviceProfile) =>
    `${scanVariant(length, inner, device)} ${scanBlock({ outer, length, inner }, device)}`;
  expect(chosen(1, 10_000_000, 1, gpu)).toBe("rows 10240");
  expect(chosen(300, 100_000, 1, gpu)).toBe("rows 100000");
  expect(chosen(1, 1000, 1, gpu)).toBe("rows 1000");
  expect(chosen(100, 20, 1, gpu)).toBe("serial 20");
  expect(chosen(1, 10_000, 64, gpu)).toBe("serial 257");
  expect(chosen(1, 10_000_000, 1, fallback)).toBe("serial 156250");
  expect(chosen(100, 10_000, 1, fallback)).toBe("serial 10000");
});
