// The norm kernels and those of their gradients against float64, also where the mean is far above the deviation.

import { describe, expect, test } from "vitest";
import { assertPresent } from "../../src/base/assert.ts";
import { DEFAULT_PROFILE, type Dispatch } from "../../src/kernels/kernel.ts";
import {
  type NormSizes,
  type NormWeightSizes,
  norm,
  normInputGradient,
  normInputGradientVariant,
  normInputGradientWithWeights,
  normStatistics,
  normVariant,
  normWeightGradient,
  normWeightGradientSerial,
  normWeightGradientSlabs,
  normWithStatistics,
} from "../../src/kernels/norm.ts";
import type { RowVariant } from "../../src/kernels/softmax.ts";
import { profiles, runKernel, runKernelWithByproduct } from "../setup/runKernel.ts";
import { scattered } from "./matmulReference.ts";
import {
  inputGradientReference,
  normalized,
  normFills,
  normReference,
  weightGradientReference,
} from "./normReference.ts";
import { worstNormalizedError } from "./softmaxReference.ts";

const shapes = [
  [1, 1],
  [3, 2],
  [5, 3],
  [67, 4],
  [2, 31],
  [2, 63],
  [3, 64],
  [2, 65],
  [2, 259],
  [2, 1023],
  [1, 1028],
] as const;

const variants: readonly RowVariant[] = ["rows", "serial"];
/** The bar of gradients in units of the class's. */
const GRADIENT = 4;
/** Two workgroups in a dimension, so that every launch is folded. */
const narrow = { ...DEFAULT_PROFILE, maxWorkgroupsPerDimension: 2 };
const fallback = profiles[1];

function drawn(length: number, fill: (index: number) => number): Float32Array {
  return Float32Array.from({ length }, (_, index) => fill(index));
}

const weightOf = (cols: number) => drawn(cols, (index) => 1 + 0.5 * scattered(11)(index));
const pullOf = (count: number) => drawn(count, scattered(13));

/** The error of dL/dx, which is as large as one over the deviation: what is compared is free of it. */
function errorOfInput(
  dx: Float32Array,
  sizes: NormSizes,
  x: Float32Array,
  w: Float32Array,
  dy: Float32Array,
): number {
  const { scales } = normalized(x, sizes);
  const unscaled = (value: number, index: number) => value / scales[Math.floor(index / sizes.cols)];
  return worstNormalizedError(dx.map(unscaled), inputGradientReference(sizes, x, w, dy).map(unscaled));
}

for (const centered of [true, false]) {
  const kind = centered ? "layer norm" : "RMS norm";
  const sizesAt = (rows: number, cols: number, eps = 1e-5): NormSizes => ({ rows, cols, eps, centered });

  for (const variant of variants) {
    test.each(Object.entries(normFills))(`${kind}, ${variant}, of %s`, async (_, fill) => {
      for (const [rows, cols] of shapes) {
        const sizes = sizesAt(rows, cols);
        const x = drawn(rows * cols, fill);
        const w = weightOf(cols);
        const b = pullOf(cols);
        const y = await runKernel(normVariant(variant, sizes, narrow), { x, w, b }, x.length);
        expect(worstNormalizedError(y, normReference(sizes, x, w, b)), `[${rows}, ${cols}]`).toBeLessThan(1);
      }
    });

    test(`${kind}, ${variant}, of a long row whose squares are rounded the same way when added one by one`, async () => {
      const sizes = sizesAt(2, 50_257);
      const x = drawn(2 * sizes.cols, (index) =>
        index % sizes.cols < 4 ? 400 : index % 2 === 0 ? 0.17 : 0.1,
      );
      const w = drawn(sizes.cols, () => 1);
      const b = drawn(sizes.cols, () => 0);
      const y = await runKernel(normVariant(variant, sizes, DEFAULT_PROFILE), { x, w, b }, x.length);
      expect(worstNormalizedError(y, normReference(sizes, x, w, b))).toBeLessThan(1);
    });

    test(`${kind}, ${variant}: NaN spoils its row alone`, async () => {
      for (const cols of [5, 130]) {
        const x = drawn(4 * cols, scattered(2));
        x[cols] = Number.NaN;
        x[4 * cols - 1] = Number.NaN;
        const inputs = { x, w: weightOf(cols), b: pullOf(cols) };
        const y = await runKernel(normVariant(variant, sizesAt(4, cols), DEFAULT_PROFILE), inputs, x.length);
        const bad = [false, true, false, true].flatMap((isBad) => Array(cols).fill(isBad));
        expect([...y].map(Number.isNaN)).toEqual(bad);
      }
    });

    test(`input gradient of ${kind}, ${variant}`, async () => {
      for (const [name, fill] of Object.entries(normFills)) {
        for (const [rows, cols] of shapes) {
          const sizes = sizesAt(rows, cols);
          const x = drawn(rows * cols, fill);
          const w = weightOf(cols);
          const dy = pullOf(x.length);
          const dx = await runKernel(
            normInputGradientVariant(variant, sizes, narrow),
            { x, w, dy },
            x.length,
          );
          expect(errorOfInput(dx, sizes, x, w, dy), `${name} [${rows}, ${cols}]`).toBeLessThan(GRADIENT);
        }
      }
    });
  }

  describe(`weight gradient of ${kind}`, () => {
    /** Rows, columns and slabs: less than a tile of rows, several, odd remainders, more columns than a workgroup has. */
    const cuts = [
      [1, 1, 1],
      [2, 3, 1],
      [5, 7, 1],
      [16, 64, 1],
      [17, 65, 1],
      [33, 8, 2],
      [50, 130, 3],
      [70, 3, 2],
      [19, 1030, 2],
      [3, 2056, 1],
    ] as const;

    /** In slabs of any length: the launch as it is chosen has short ones. */
    function withWeights(sizes: NormWeightSizes): Dispatch {
      const short = normInputGradientWithWeights({ ...sizes, rows: 1, slabs: 1 }, narrow);
      const { params, workgroups } = normWeightGradient(sizes, narrow);
      return { ...assertPresent(short, "a launch of both gradients"), params, workgroups };
    }

    /** The slabs that a launch writes are as many as it is told; rounding up the rows of each may leave the last empty. */
    function summed(parts: Float32Array, slabs: number): Float32Array {
      const count = parts.length / slabs;
      return Float32Array.from({ length: count }, (_, index) => {
        let total = 0;
        for (let slab = 0; slab < slabs; slab++) total += parts[slab * count + index];
        return total;
      });
    }

    for (const bias of [true, false]) {
      const sizesOf = ([rows, cols, slabs]: readonly [number, number, number]): NormWeightSizes => ({
        ...sizesAt(rows, cols),
        bias,
        slabs,
      });

      test(`by slabs${bias ? ", with bias" : ""}`, async () => {
        for (const cut of cuts) {
          const sizes = sizesOf(cut);
          const x = drawn(cut[0] * cut[1], normFills["a mean of 1000 and a deviation of 1"]);
          const dy = pullOf(x.length);
          const expected = weightGradientReference(sizes, x, dy, bias);
          const parts = await runKernel(
            normWeightGradient(sizes, narrow),
            { x, dy },
            cut[2] * expected.length,
          );
          const error = worstNormalizedError(summed(parts, cut[2]), expected);
          expect(error, `[${cut.join(", ")}]`).toBeLessThan(GRADIENT);
        }
      });

      test(`by slabs, beside that of the input${bias ? ", with bias" : ""}`, async () => {
        for (const cut of cuts.filter(([, cols]) => cols <= 1024)) {
          for (const [name, fill] of Object.entries(normFills)) {
            const sizes = sizesOf(cut);
            const x = drawn(cut[0] * cut[1], fill);
            const w = weightOf(cut[1]);
            const dy = pullOf(x.length);
            const expected = weightGradientReference(sizes, x, dy, bias);
            const { output, byproduct } = await runKernelWithByproduct(
              withWeights(sizes),
              { x, w, dy },
              x.length,
              cut[2] * expected.length,
            );
            const what = `${name} [${cut.join(", ")}]`;
            expect(errorOfInput(output, sizes, x, w, dy), what).toBeLessThan(GRADIENT);
            const error = worstNormalizedError(summed(byproduct, cut[2]), expected);
            expect(error, what).toBeLessThan(GRADIENT);
          }
        }
      });

      test(`from statistics${bias ? ", with bias" : ""}`, async () => {
        for (const device of [narrow, fallback]) {
          for (const cut of cuts) {
            const sizes = sizesOf(cut);
            const x = drawn(cut[0] * cut[1], normFills["a mean of 1000 and a deviation of 1"]);
            const dy = pullOf(x.length);
            const expected = weightGradientReference(sizes, x, dy, bias);
            const statistics = await runKernel(normStatistics(sizes, device), { x }, 4 * cut[0]);
            const launch = normWeightGradientSerial(sizes, device);
            const parts = await runKernel(launch, { x, dy, statistics }, cut[2] * expected.length);
            const error = worstNormalizedError(summed(parts, cut[2]), expected);
            expect(error, `[${cut.join(", ")}]`).toBeLessThan(GRADIENT);
          }
        }
      });
    }

    test("of no row is 0", async () => {
      const sizes = sizesAt(0, 5);
      const dw = await runKernel(
        normWeightGradient({ ...sizes, bias: true, slabs: 1 }, narrow),
        { x: new Float32Array(0), dy: new Float32Array(0) },
        10,
      );
      expect([...dw]).toEqual(new Array(10).fill(0));
    });
  });

  test(`statistics of ${kind}: the mean as a sum, and one over the deviation`, async () => {
    for (const [name, fill] of Object.entries(normFills)) {
      const sizes = sizesAt(6, 61);
      const x = drawn(6 * 61, fill);
      const statistics = await runKernel(normStatistics(sizes, narrow), { x }, 24);
      const { scales } = normalized(x, sizes);
      const actual = scales.map((_, row) => statistics[4 * row + 2]);
      expect(worstNormalizedError(Float32Array.from(actual), Float64Array.from(scales)), name).toBeLessThan(
        1,
      );
      const rows = [...statistics].filter((_, index) => index % 4 === 3);
      expect(rows).toEqual(new Array(6).fill(0));
      if (!centered)
        expect([...statistics].filter((_, index) => index % 4 < 2)).toEqual(new Array(12).fill(0));
    }
  });
}

test.each([true, false])(
  "the forward kernel gives the same statistics on the way, centered %s",
  async (centered) => {
    for (const [rows, cols] of shapes) {
      const sizes: NormSizes = { rows, cols, eps: 1e-5, centered };
      const x = drawn(rows * cols, normFills["a mean of 1000 and a deviation of 1"]);
      const w = pullOf(cols);
      const b = pullOf(cols);
      const dispatch = assertPresent(normWithStatistics(sizes, fallback), "a launch with statistics");
      const { output, byproduct } = await runKernelWithByproduct(dispatch, { x, w, b }, x.length, 4 * rows);
      expect(byproduct).toEqual(await runKernel(normStatistics(sizes, fallback), { x }, 4 * rows));
      expect(output).toEqual(await runKernel(norm(sizes, fallback), { x, w, b }, x.length));
    }
  },
);

describe("choice", () => {
  const [gpu] = profiles;

  test("follows row length and device", () => {
    const names = (cols: number) => {
      const sizes = { rows: 8, cols, eps: 1e-5, centered: true };
      return [gpu, fallback].flatMap((device) => [
        norm(sizes, device).kernel.name,
        normInputGradient(sizes, device).kernel.name,
      ]);
    };
    const serial = ["norm_rows_serial", "norm_input_gradient_rows_serial"];
    expect(names(32)).toEqual([...serial, ...serial]);
    expect(names(33)).toEqual(["norm_rows", "norm_input_gradient_rows", ...serial]);
  });

  test("both gradients are one launch where slabs are short and rows fit into a workgroup", () => {
    const isOne = (rows: number, cols: number, device = gpu) => {
      const slabs = normWeightGradientSlabs(rows, cols, device);
      const sizes = { rows, cols, eps: 1e-5, centered: true, bias: true, slabs };
      return normInputGradientWithWeights(sizes, device) !== undefined;
    };
    expect([32, 512, 4096].map((rows) => isOne(rows, 64))).toEqual([true, true, true]);
    expect([64, 256, 8192].map((rows) => isOne(rows, 64))).toEqual([false, false, false]);
    expect([3, 1024, 1025].map((cols) => isOne(512, cols))).toEqual([true, true, false]);
    expect(isOne(512, 64, fallback)).toBe(false);
  });

  test("slabs hold all rows and none is empty", () => {
    for (const device of [gpu, fallback]) {
      for (const rows of [1, 16, 256, 257, 1000, 2047, 4096, 8193, 100_000]) {
        for (const cols of [1, 4, 64, 768, 1025, 5000]) {
          const slabs = normWeightGradientSlabs(rows, cols, device);
          const sizes = { rows, cols, eps: 1e-5, centered: true, bias: true, slabs };
          const launch = device === gpu ? normWeightGradient : normWeightGradientSerial;
          const { slabRows } = launch(sizes, device).params;
          const what = `${device.kind} [${rows}, ${cols}] in ${slabs} slabs of ${slabRows}`;
          expect(slabs * slabRows, what).toBeGreaterThanOrEqual(rows);
          expect((slabs - 1) * slabRows, what).toBeLessThan(rows);
        }
      }
    }
  });
});
