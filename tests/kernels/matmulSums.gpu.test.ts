// What the matmul kernels add up on the way: columns of b, or rows of a, exactly on whole numbers.

import { describe, expect, test } from "vitest";
import { assertPresent } from "../../src/base/assert.ts";
import type { Dispatch } from "../../src/kernels/kernel.ts";
import { DEFAULT_PROFILE } from "../../src/kernels/kernel.ts";
import {
  type MatmulSizes,
  matmul,
  matmulRegisters,
  matmulTiled32,
  matmulTiled64,
  matmulVectors,
  matmulWithSums,
  type RegisterTile,
  type SplitMatmulSizes,
} from "../../src/kernels/matmul.ts";
import { profiles, runKernelWithByproduct } from "../setup/runKernel.ts";
import { type MatmulData, matmulData, matmulReference, wholeNumbers } from "./matmulReference.ts";

const layouts = [false, true].flatMap((transposeA) =>
  [false, true].map((transposeB) => ({ transposeA, transposeB })),
);
const tiles: readonly RegisterTile[] = [
  [8, 2],
  [4, 2],
  [4, 1],
  [1, 2],
  [1, 1],
];
const kernels: Record<string, (sizes: SplitMatmulSizes) => Dispatch> = {
  matmul_tiled64: (sizes) => matmulTiled64(sizes, DEFAULT_PROFILE),
  matmul_tiled32: (sizes) => matmulTiled32(sizes, DEFAULT_PROFILE),
  ...Object.fromEntries(
    tiles.map((tile) => [
      `matmul_registers ${tile.join(" x ")}`,
      (sizes: SplitMatmulSizes) => matmulRegisters(sizes, tile, DEFAULT_PROFILE),
    ]),
  ),
};
const shapes = [
  [1, 1, 1],
  [9, 7, 3],
  [67, 130, 35],
  [64, 64, 16],
  [3, 5, 0],
] as const;

function sizesOf(
  [m, n, k]: readonly [number, number, number],
  transposed: (typeof layouts)[0],
): SplitMatmulSizes {
  return { batch: 1, splits: 1, m, n, k, ...transposed, batchStrideA: m * k, batchStrideB: k * n };
}

/** Over l: for each column j what b[l, j] adds up to, or for each row i what a[i, l] does. */
function sumsOf(sizes: MatmulSizes, { a, b }: MatmulData, isOfB: boolean): Float64Array {
  const { m, n, k, transposeA, transposeB } = sizes;
  const at = (l: number, index: number) => {
    if (isOfB) return b[transposeB ? index * k + l : l * n + index];
    return a[transposeA ? l * m + index : index * k + l];
  };
  return Float64Array.from({ length: isOfB ? n : m }, (_, index) => {
    let total = 0;
    for (let l = 0; l < k; l++) total += at(l, index);
    return total;
  });
}

async function expectSums(sizes: SplitMatmulSizes, dispatch: Dispatch, isOfB: boolean): Promise<void> {
  const data = matmulData(sizes, wholeNumbers);
  const expected = sumsOf(sizes, data, isOfB);
  const { m, n } = sizes;
  const { output, byproduct } = await runKernelWithByproduct(dispatch, { ...data }, m * n, expected.length);
  expect(byproduct).toEqual(new Float32Array(expected));
  expect(output).toEqual(new Float32Array(matmulReference(sizes, data).y));
}

describe.each(Object.entries(kernels))("%s", (_, kernel) => {
  test.each([
    ["columns of b", 1],
    ["rows of a", 2],
  ] as const)("adds up the %s", async (_, SUMS) => {
    for (const shape of shapes) {
      for (const layout of layouts) {
        const sizes = sizesOf(shape, layout);
        const dispatch = kernel(sizes);
        await expectSums(sizes, { ...dispatch, constants: { ...dispatch.constants, SUMS } }, SUMS === 1);
      }
    }
  });
});

describe.each(profiles.map((device) => [device.kind, device] as const))("on %s", (_, device) => {
  test("the kernel that is chosen adds up what it is asked for", async () => {
    const sizes = sizesOf([50, 70, 33], layouts[2]);
    for (const sums of ["columns of b", "rows of a"] as const) {
      const dispatch = assertPresent(matmulWithSums(sizes, sums, device), "a launch with sums");
      await expectSums(sizes, dispatch, sums === "columns of b");
    }
  });

  test("what is not asked for is not written", async () => {
    const sizes = sizesOf([9, 7, 3], layouts[0]);
    const dispatch = matmul(sizes, device);
    if (dispatch.kernel.byproduct === undefined) return;
    const { byproduct } = await runKernelWithByproduct(
      dispatch,
      { ...matmulData(sizes, wholeNumbers) },
      9 * 7,
      7,
    );
    expect(byproduct.every(Number.isNaN)).toBe(true);
  });
});

test("a vector kernel has none", () => {
  const sizes = sizesOf([1, 70, 33], layouts[0]);
  expect(matmulVectors(sizes, DEFAULT_PROFILE).kernel.byproduct).toBeUndefined();
  expect(matmulWithSums(sizes, "columns of b", DEFAULT_PROFILE)).toBeUndefined();
});
