// The cross-entropy kernels, forward and gradient, against float64.

import { describe, expect, test } from "vitest";
import {
  crossEntropyGradient,
  crossEntropyGradientVariant,
  crossEntropyRows,
  crossEntropyRowsVariant,
} from "../../src/kernels/crossEntropy.ts";
import { DEFAULT_PROFILE } from "../../src/kernels/kernel.ts";
import type { RowVariant } from "../../src/kernels/softmax.ts";
import { profiles, runKernel } from "../setup/runKernel.ts";
import { scattered } from "./matmulReference.ts";
import { logSumExp, rowFills, rowsOf, softmaxReference, worstNormalizedError } from "./softmaxReference.ts";

const shapes = [
  [1, 1],
  [3, 2],
  [67, 3],
  [5, 10],
  [2, 64],
  [2, 65],
  [3, 259],
  [2, 1023],
  [1, 1025],
] as const;

const variants: readonly RowVariant[] = ["rows", "serial"];

/** The bar of a gradient is four times that of its class. */
const GRADIENT_BARS = 4;

interface Batch {
  readonly logits: Float32Array;
  readonly labels: Int32Array;
  readonly dy: Float32Array;
}

function batchOf(rows: number, classes: number, fill: (index: number) => number): Batch {
  return {
    logits: Float32Array.from({ length: rows * classes }, (_, index) => fill(index)),
    labels: Int32Array.from({ length: rows }, (_, row) => (row * 7919 + classes - 1) % classes),
    dy: Float32Array.from({ length: rows }, (_, row) => scattered(9)(row)),
  };
}

function lossReference({ logits, labels }: Batch, classes: number): Float64Array {
  return Float64Array.from(rowsOf(logits, classes), (row, index) => logSumExp(row) - row[labels[index]]);
}

function gradientReference({ logits, labels, dy }: Batch, classes: number): Float64Array {
  return softmaxReference(logits, classes, false).map((probability, index) => {
    const row = Math.floor(index / classes);
    return (probability - (index % classes === labels[row] ? 1 : 0)) * dy[row];
  });
}

for (const variant of variants) {
  describe(`cross-entropy, ${variant}`, () => {
    const narrow = { ...DEFAULT_PROFILE, maxWorkgroupsPerDimension: 2 };

    for (const [what, fill] of Object.entries(rowFills)) {
      // The loss of a masked class is infinite: no number to compare.
      if (what === "masked by -infinity") continue;
      test(`of ${what}`, async () => {
        for (const [rows, classes] of shapes) {
          const sizes = { rows, classes };
          const batch = batchOf(rows, classes, fill);
          const inputs = { ...batch };
          const y = await runKernel(crossEntropyRowsVariant(variant, sizes, narrow), inputs, rows);
          expect(
            worstNormalizedError(y, lossReference(batch, classes)),
            `[${rows}, ${classes}]`,
          ).toBeLessThan(1);
          const gradient = crossEntropyGradientVariant(variant, sizes, narrow);
          const dx = await runKernel(gradient, inputs, rows * classes);
          expect(worstNormalizedError(dx, gradientReference(batch, classes))).toBeLessThan(GRADIENT_BARS);
        }
      });
    }

    test("of a vocabulary whose many small terms are rounded the same way when added one by one", async () => {
      const [rows, classes] = [2, 50257];
      // exp(-16.3) is about 1.4 units in the last place of 1.
      const batch = batchOf(rows, classes, (index) => (index % classes < 4 ? 0 : -16.3));
      const y = await runKernel(
        crossEntropyRowsVariant(variant, { rows, classes }, DEFAULT_PROFILE),
        { ...batch },
        2,
      );
      expect(worstNormalizedError(y, lossReference(batch, classes))).toBeLessThan(1);
      const gradient = crossEntropyGradientVariant(variant, { rows, classes }, DEFAULT_PROFILE);
      const dx = await runKernel(gradient, { ...batch }, rows * classes);
      expect(worstNormalizedError(dx, gradientReference(batch, classes))).toBeLessThan(GRADIENT_BARS);
    });

    test("NaN and infinity give NaN, in their rows alone", async () => {
      for (const classes of [5, 130]) {
        const sizes = { rows: 4, classes };
        const batch = batchOf(4, classes, scattered(3));
        batch.logits[classes + 3] = Number.NaN;
        batch.logits[3 * classes - 1] = Number.POSITIVE_INFINITY;
        const bad = [false, true, true, false];
        const y = await runKernel(crossEntropyRowsVariant(variant, sizes, DEFAULT_PROFILE), { ...batch }, 4);
        expect([...y].map(Number.isNaN)).toEqual(bad);
        const gradient = crossEntropyGradientVariant(variant, sizes, DEFAULT_PROFILE);
        const dx = await runKernel(gradient, { ...batch }, 4 * classes);
        expect([...dx].map(Number.isNaN)).toEqual(bad.flatMap((isBad) => Array(classes).fill(isBad)));
      }
    });

    test("a smoothed target, also at large logits", async () => {
      for (const [rows, classes] of [...shapes, [2, 50257] as const]) {
        for (const offset of [0, 10_000]) {
          const sizes = { rows, classes, labelSmoothing: 0.2 };
          const batch = batchOf(rows, classes, (index) => offset + 8 * scattered(7)(index));
          const target = (row: number, index: number) =>
            0.2 / classes + (index === batch.labels[row] ? 0.8 : 0);
          const losses = Float64Array.from(rowsOf(batch.logits, classes), (values, row) => {
            const total = logSumExp(values);
            return values.reduce((sum, value, index) => sum + target(row, index) * (total - value), 0);
          });
          const y = await runKernel(crossEntropyRowsVariant(variant, sizes, narrow), { ...batch }, rows);
          expect(worstNormalizedError(y, losses), `[${rows}, ${classes}] + ${offset}`).toBeLessThan(1);
          const slopes = softmaxReference(batch.logits, classes, false).map((probability, index) => {
            const row = Math.floor(index / classes);
            return (probability - target(row, index % classes)) * batch.dy[row];
          });
          const gradient = crossEntropyGradientVariant(variant, sizes, narrow);
          const dx = await runKernel(gradient, { ...batch }, rows * classes);
          expect(worstNormalizedError(dx, slopes)).toBeLessThan(GRADIENT_BARS);
        }
      }
    });

    test("a label to be ignored gives 0, whatever else is in its row", async () => {
      for (const classes of [5, 64]) {
        const sizes = { rows: 3, classes, ignoreIndex: classes - 1 };
        const batch = { ...batchOf(3, classes, scattered(2)), labels: Int32Array.of(0, classes - 1, 1) };
        batch.logits[classes] = Number.NaN;
        const y = await runKernel(crossEntropyRowsVariant(variant, sizes, DEFAULT_PROFILE), { ...batch }, 3);
        expect([...y].map((loss) => loss === 0)).toEqual([false, true, false]);
        expect(y.every(Number.isFinite)).toBe(true);
        const gradient = crossEntropyGradientVariant(variant, sizes, DEFAULT_PROFILE);
        const dx = await runKernel(gradient, { ...batch }, 3 * classes);
        expect(dx.subarray(classes, 2 * classes).every((slope) => slope === 0)).toBe(true);
        expect(dx.subarray(0, classes).every((slope) => Number.isFinite(slope) && slope !== 0)).toBe(true);
      }
    });

    test("a label that names no class gives NaN, in its row alone", async () => {
      for (const classes of [5, 64]) {
        const sizes = { rows: 4, classes };
        const batch = {
          ...batchOf(4, classes, scattered(2)),
          labels: Int32Array.of(-1, classes - 1, classes, 0),
        };
        const bad = [true, false, true, false];
        const y = await runKernel(crossEntropyRowsVariant(variant, sizes, DEFAULT_PROFILE), { ...batch }, 4);
        expect([...y].map(Number.isNaN)).toEqual(bad);
        const gradient = crossEntropyGradientVariant(variant, sizes, DEFAULT_PROFILE);
        const dx = await runKernel(gradient, { ...batch }, 4 * classes);
        expect([...dx].map(Number.isNaN)).toEqual(bad.flatMap((isBad) => Array(classes).fill(isBad)));
      }
    });
  });
}

test("the choice follows row length and device", () => {
  const [gpu, fallback] = profiles;
  const names = (classes: number) =>
    [gpu, fallback].flatMap((device) =>
      [crossEntropyRows, crossEntropyGradient].map(
        (dispatch) => dispatch({ rows: 8, classes }, device).kernel.name,
      ),
    );
  const serial = ["cross_entropy_rows_serial", "cross_entropy_gradient_rows_serial"];
  expect(names(10)).toEqual([...serial, ...serial]);
  expect(names(100)).toEqual(["cross_entropy_rows", "cross_entropy_gradient_rows", ...serial]);
});
