// Both softmax kernels against the float64 softmax, also where exponentials overflow, vanish or are all the same.

import { describe, expect, test } from "vitest";
import { DEFAULT_PROFILE } from "../../src/kernels/kernel.ts";
import type { RowVariant } from "../../src/kernels/softmax.ts";
import { softmax, softmaxVariant } from "../../src/kernels/softmax.ts";
import { profiles, runKernel } from "../setup/runKernel.ts";
import { rowFills, softmaxReference, worstNormalizedError } from "./softmaxReference.ts";

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
  [1, 1025],
] as const;

const variants: readonly RowVariant[] = ["rows", "serial"];

for (const variant of variants) {
  for (const log of [false, true]) {
    describe(`${log ? "log-softmax" : "softmax"}, ${variant}`, () => {
      for (const [what, fill] of Object.entries(rowFills)) {
        // The logarithm of a masked element is -infinity: no number to compare.
        if (log && what === "masked by -infinity") continue;
        test(`of ${what}`, async () => {
          const narrow = { ...DEFAULT_PROFILE, maxWorkgroupsPerDimension: 2 };
          for (const [rows, cols] of shapes) {
            const x = Float32Array.from({ length: rows * cols }, (_, index) => fill(index));
            const y = await runKernel(softmaxVariant(variant, { rows, cols }, log, narrow), { x }, x.length);
            expect(
              worstNormalizedError(y, softmaxReference(x, cols, log)),
              `[${rows}, ${cols}]`,
            ).toBeLessThan(1);
          }
        });
      }

      test("of a vocabulary whose many small terms are rounded the same way when added one by one", async () => {
        const [rows, cols] = [2, 50257];
        // exp(-16.3) is about 1.4 units in the last place of 1.
        const x = Float32Array.from({ length: rows * cols }, (_, index) => (index % cols < 4 ? 0 : -16.3));
        const dispatch = softmaxVariant(variant, { rows, cols }, log, DEFAULT_PROFILE);
        const y = await runKernel(dispatch, { x }, x.length);
        expect(worstNormalizedError(y, softmaxReference(x, cols, log))).toBeLessThan(1);
      });

      test("NaN, infinity and a row of nothing but -infinity give NaN, in their rows alone", async () => {
        for (const cols of [5, 130]) {
          for (const at of [0, cols - 1]) {
            const x = new Float32Array(5 * cols).fill(1);
            x[cols + at] = Number.NaN;
            x[2 * cols + at] = Number.POSITIVE_INFINITY;
            x.fill(Number.NEGATIVE_INFINITY, 4 * cols);
            const y = await runKernel(
              softmaxVariant(variant, { rows: 5, cols }, log, DEFAULT_PROFILE),
              { x },
              x.length,
            );
            const bad = [false, true, true, false, true].flatMap((isBad) => Array(cols).fill(isBad));
            expect([...y].map(Number.isNaN)).toEqual(bad);
          }
        }
      });
    });
  }
}

test("the choice follows row length and device", () => {
  const [gpu, fallback] = profiles;
  const names = (cols: number) =>
    [gpu, fallback].map((device) => softmax({ rows: 8, cols }, false, device).kernel.name);
  expect(names(32)).toEqual(["softmax_rows_serial", "softmax_rows_serial"]);
  expect(names(33)).toEqual(["softmax_rows", "softmax_rows_serial"]);
});
