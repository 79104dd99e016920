// Every matmul kernel against the float64 product: exactly on whole numbers, within the reduction bar on others.

import { describe, expect, test } from "vitest";
import type { DeviceProfile, Dispatch } from "../../src/kernels/kernel.ts";
import { DEFAULT_PROFILE } from "../../src/kernels/kernel.ts";
import type { SplitMatmulSizes } from "../../src/kernels/matmul.ts";
import {
  matmul,
  matmulRegisters,
  matmulSplitK,
  matmulSplits,
  matmulTiled32,
  matmulTiled64,
  matmulVectors,
} from "../../src/kernels/matmul.ts";
import { profiles, runKernel } from "../setup/runKernel.ts";
import type { MatmulData } from "./matmulReference.ts";
import { matmulData, matmulReference, scattered, sumOfParts, wholeNumbers } from "./matmulReference.ts";

type Shape = readonly [m: number, n: number, k: number];
type Variant = (sizes: SplitMatmulSizes, device: DeviceProfile) => Dispatch;

interface VariantCase {
  readonly name: string;
  readonly dispatch: Variant;
  readonly shapes: readonly Shape[];
}

const variants: readonly VariantCase[] = [
  {
    name: "matmul_tiled64",
    dispatch: matmulTiled64,
    shapes: [
      [1, 1, 1],
      [63, 65, 17],
      [64, 64, 16],
      [65, 63, 15],
      [67, 130, 35],
    ],
  },
  {
    name: "matmul_tiled32",
    dispatch: matmulTiled32,
    shapes: [
      [1, 1, 1],
      [31, 33, 17],
      [32, 32, 16],
      [33, 31, 15],
      [37, 67, 35],
    ],
  },
  {
    name: "matmul_registers 8 x 8",
    dispatch: (sizes, device) => matmulRegisters(sizes, [8, 2], device),
    shapes: [
      [1, 1, 1],
      [7, 9, 5],
      [8, 8, 4],
      [9, 7, 3],
      [61, 67, 71],
    ],
  },
  {
    name: "matmul_registers 4 x 4",
    dispatch: (sizes, device) => matmulRegisters(sizes, [4, 1], device),
    shapes: [
      [1, 1, 1],
      [3, 5, 5],
      [4, 4, 4],
      [5, 3, 3],
      [61, 67, 71],
    ],
  },
  {
    name: "matmul_registers 4 x 8",
    dispatch: (sizes, device) => matmulRegisters(sizes, [4, 2], device),
    shapes: [
      [1, 1, 1],
      [3, 9, 5],
      [4, 8, 4],
      [5, 7, 3],
      [2, 67, 71],
    ],
  },
  {
    name: "matmul_registers 1 x 8",
    dispatch: (sizes, device) => matmulRegisters(sizes, [1, 2], device),
    shapes: [
      [1, 1, 1],
      [2, 9, 5],
      [4, 8, 4],
      [1, 67, 71],
      [5, 7, 3],
    ],
  },
  {
    name: "matmul_registers 1 x 4",
    dispatch: (sizes, device) => matmulRegisters(sizes, [1, 1], device),
    shapes: [
      [1, 1, 1],
      [2, 5, 5],
      [4, 4, 4],
      [1, 67, 71],
      [5, 3, 3],
    ],
  },
  {
    name: "vectors as rows of a",
    dispatch: matmulVectors,
    shapes: [
      [1, 1, 1],
      [1, 31, 257],
      [2, 33, 64],
      [3, 37, 61],
      [5, 32, 259],
      [8, 67, 35],
    ],
  },
  {
    name: "vectors as columns of b",
    dispatch: matmulVectors,
    shapes: [
      [31, 1, 257],
      [33, 2, 64],
      [37, 3, 61],
      [32, 5, 259],
      [67, 8, 35],
      [8, 8, 8],
    ],
  },
];

const layouts = [
  { name: "a b", transposeA: false, transposeB: false },
  { name: "a bT", transposeA: false, transposeB: true },
  { name: "aT b", transposeA: true, transposeB: false },
  { name: "aT bT", transposeA: true, transposeB: true },
] as const;

function sizesOf([m, n, k]: Shape, options: Partial<SplitMatmulSizes> = {}): SplitMatmulSizes {
  const sizes = { batch: 1, m, n, k, transposeA: false, transposeB: false, splits: 1 };
  return { ...sizes, batchStrideA: m * k, batchStrideB: k * n, ...options };
}

async function run(dispatch: Dispatch, data: MatmulData, sizes: SplitMatmulSizes): Promise<Float32Array> {
  const { splits, batch, m, n } = sizes;
  return await runKernel(dispatch, { a: data.a, b: data.b }, splits * batch * m * n);
}

async function expectExact(variant: Variant, sizes: SplitMatmulSizes, device = DEFAULT_PROFILE) {
  const data = matmulData(sizes, wholeNumbers);
  const parts = await run(variant(sizes, device), data, sizes);
  const { m, n, k, batch, splits } = sizes;
  expect(sumOfParts(parts, splits), `[${batch}, ${m}, ${n}, ${k}] in ${splits} parts`).toEqual(
    matmulReference(sizes, data).y,
  );
}

/** By how many times the reduction bar the worst element is off. */
async function worstError(variant: Variant, sizes: SplitMatmulSizes): Promise<number> {
  const data = matmulData(sizes, scattered(1), scattered(2));
  const y = sumOfParts(await run(variant(sizes, DEFAULT_PROFILE), data, sizes), sizes.splits);
  const reference = matmulReference(sizes, data);
  let worst = 0;
  for (let index = 0; index < y.length; index++) {
    const bar = (4 + Math.sqrt(sizes.k)) * 2 ** -24 * reference.magnitude[index];
    worst = Math.max(worst, Math.abs(y[index] - reference.y[index]) / bar);
  }
  return worst;
}

for (const { name, dispatch, shapes } of variants) {
  describe(name, () => {
    for (const layout of layouts) {
      test(`${layout.name} is exact on whole numbers`, async () => {
        for (const shape of shapes) await expectExact(dispatch, sizesOf(shape, layout));
      });
    }

    test("is within the reduction bar on other numbers", async () => {
      for (const layout of layouts) {
        expect(await worstError(dispatch, sizesOf(shapes[3], layout))).toBeLessThan(1);
      }
      const [m, n] = shapes[1];
      expect(await worstError(dispatch, sizesOf([m, n, 1031]))).toBeLessThan(1);
    });

    test("takes batches, repeats an operand of stride 0, and folds its workgroups", async () => {
      const narrow = { ...DEFAULT_PROFILE, maxWorkgroupsPerDimension: 3 };
      for (const shape of [shapes[1], shapes[3]]) {
        for (const layout of layouts) {
          await expectExact(dispatch, sizesOf(shape, { ...layout, batch: 3 }), narrow);
          await expectExact(dispatch, sizesOf(shape, { ...layout, batch: 2, batchStrideA: 0 }), narrow);
          await expectExact(dispatch, sizesOf(shape, { ...layout, batch: 2, batchStrideB: 0 }), narrow);
        }
      }
    });

    test("sums parts of k, the last one shorter or empty", async () => {
      const [m, n] = shapes[1];
      for (const layout of layouts) {
        await expectExact(dispatch, sizesOf([m, n, 77], { ...layout, batch: 2, splits: 3 }));
        await expectExact(dispatch, sizesOf([m, n, 33], { ...layout, splits: 4 }));
      }
    });

    test("gives 0 for an inner size of 0", async () => {
      const [m, n] = shapes[1];
      for (const layout of layouts) await expectExact(dispatch, sizesOf([m, n, 0], layout));
    });

    test("keeps NaN to its row and its column", async () => {
      const [m, n] = shapes[1];
      for (const layout of layouts) {
        const sizes = sizesOf([m, n, 5], layout);
        const data = matmulData(sizes, wholeNumbers);
        const row = m - 1;
        const col = n - 1;
        for (let l = 0; l < 5; l++) {
          data.a[layout.transposeA ? l * m + row : row * 5 + l] = Number.NaN;
          data.b[layout.transposeB ? col * 5 + l : l * n + col] = Number.POSITIVE_INFINITY;
        }
        const y = await run(dispatch(sizes, DEFAULT_PROFILE), data, sizes);
        const reference = matmulReference(sizes, data).y;
        expect(y.map((value) => (Number.isFinite(value) ? value : Number.NaN))).toEqual(
          Float32Array.from(reference, (value) => (Number.isFinite(value) ? value : Number.NaN)),
        );
      }
    });
  });
}

describe("the choice of a kernel", () => {
  const shapes: readonly Shape[] = [
    [1, 1, 1],
    [1, 768, 768],
    [6, 50, 7],
    [700, 3, 9],
    [16, 16, 16],
    [33, 200, 12],
  ];

  for (const device of profiles) {
    test(`is exact on ${device.kind}`, async () => {
      for (const shape of shapes) {
        for (const layout of layouts) await expectExact(matmul, sizesOf(shape, layout), device);
      }
      for (const layout of layouts) {
        await expectExact(matmul, sizesOf([65, 66, 3], { ...layout, batch: 16 }), device);
      }
    });

    test(`cuts a long inner size on ${device.kind}`, async () => {
      for (const shape of [
        [6, 25, 9001],
        [1, 5, 20000],
        [40, 33, 3000],
      ] as const) {
        const sizes = sizesOf(shape, { transposeA: true });
        const splits = matmulSplits(sizes, device);
        expect(splits).toBeGreaterThan(1);
        await expectExact(matmulSplitK, { ...sizes, splits }, device);
      }
    });
  }

  test("follows shape and device", () => {
    const [gpu, fallback] = profiles;
    const choice = (shape: Shape, device: DeviceProfile, transposeB = false) => {
      const { kernel, constants } = matmul(sizesOf(shape, { transposeB }), device);
      return constants.ROWS === undefined
        ? kernel.name
        : `${kernel.name} ${constants.ROWS} x ${4 * constants.QUADS}`;
    };
    expect({
      "gpu 2048": choice([2048, 2048, 2048], gpu),
      "gpu 512": choice([512, 512, 512], gpu),
      "gpu 256": choice([256, 256, 256], gpu),
      "gpu 32 x 50257": choice([32, 50257, 768], gpu),
      "gpu 1 x 50257": choice([1, 50257, 768], gpu),
      "gpu 1 x 50257, bT": choice([1, 50257, 768], gpu, true),
      "fallback 512": choice([512, 512, 512], fallback),
      "fallback 16": choice([16, 64, 16], fallback),
      "fallback 1 x 50257": choice([1, 50257, 768], fallback),
      "fallback 1 x 256": choice([1, 256, 768], fallback),
      "fallback 3 x 768": choice([3, 768, 768], fallback),
      "fallback 768 x 3": choice([768, 3, 768], fallback),
    }).toMatchInlineSnapshot(`
      {
        "fallback 1 x 256": "matmul_registers 1 x 4",
        "fallback 1 x 50257": "matmul_registers 1 x 8",
        "fallback 16": "matmul_registers 4 x 4",
        "fallback 3 x 768": "matmul_registers 4 x 8",
        "fallback 512": "matmul_registers 8 x 8",
        "fallback 768 x 3": "matmul_registers 4 x 4",
        "gpu 1 x 50257": "matmul_vector_columns",
        "gpu 1 x 50257, bT": "matmul_vector_rows",
        "gpu 2048": "matmul_tiled64",
        "gpu 256": "matmul_tiled32",
        "gpu 32 x 50257": "matmul_tiled32",
        "gpu 512": "matmul_tiled64",
      }
    `);
  });

  test("does not cut what already keeps the device busy", () => {
    for (const device of profiles) {
      expect(matmulSplits(sizesOf([512, 512, 4096]), device)).toBe(1);
      expect(matmulSplits(sizesOf([8, 8, 100]), device)).toBe(1);
      expect(matmulSplits(sizesOf([8, 8, 0]), device)).toBe(1);
    }
  });
});
