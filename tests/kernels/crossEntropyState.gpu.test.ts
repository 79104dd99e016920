// What a loss needs of a row, gathered chunk by chunk, against float64 over the whole row.

import { describe, expect, test } from "vitest";
import { crossEntropyState, crossEntropyStateVariant } from "../../src/kernels/crossEntropyState.ts";
import { DEFAULT_PROFILE } from "../../src/kernels/kernel.ts";
import type { RowVariant } from "../../src/kernels/softmax.ts";
import { profiles, runKernel } from "../setup/runKernel.ts";
import { scattered } from "./matmulReference.ts";
import { logSumExp, rowFills, rowsOf, worstNormalizedError } from "./softmaxReference.ts";

const narrow = { ...DEFAULT_PROFILE, maxWorkgroupsPerDimension: 2 };
const variants: readonly RowVariant[] = ["rows", "serial"];

/** [3, rows] after all chunks of `width` classes. */
async function stateOf(
  variant: RowVariant,
  logits: Float32Array,
  labels: Int32Array,
  width: number,
  ignoreIndex = -100,
): Promise<Float32Array> {
  const rows = labels.length;
  const allClasses = logits.length / rows;
  let state = new Float32Array(3 * rows);
  for (let start = 0; start < allClasses; start += width) {
    const classes = Math.min(width, allClasses - start);
    const chunk = Float32Array.from(
      rowsOf(logits, allClasses).flatMap((row) => row.slice(start, start + classes)),
    );
    const sizes = { rows, classes, start, allClasses, ignoreIndex };
    const dispatch = crossEntropyStateVariant(variant, sizes, narrow);
    state = new Float32Array(await runKernel(dispatch, { logits: chunk, labels, before: state }, 3 * rows));
  }
  return state;
}

/** Largest logit less the label's, plus the logarithm of the sum: in float64, from what the kernel gives. */
function lossesOf(state: Float32Array): Float32Array {
  const rows = state.length / 3;
  return Float32Array.from(
    { length: rows },
    (_, row) => state[row] - state[2 * rows + row] + Math.log(state[rows + row]),
  );
}

describe.each(variants)("%s", (variant) => {
  for (const [what, fill] of Object.entries(rowFills)) {
    // The loss of a masked class is infinite: no number to compare.
    if (what === "masked by -infinity") continue;
    test(`of ${what}`, async () => {
      for (const [rows, classes, width] of [
        [1, 1, 1],
        [3, 7, 3],
        [5, 64, 16],
        [2, 259, 64],
        [67, 40, 36],
        [2, 2100, 1025],
      ]) {
        const logits = Float32Array.from({ length: rows * classes }, (_, index) => fill(index));
        const labels = Int32Array.from({ length: rows }, (_, row) => (row * 7919 + classes - 1) % classes);
        const expected = Float64Array.from(
          rowsOf(logits, classes),
          (row, index) => logSumExp(row) - row[labels[index]],
        );
        const state = await stateOf(variant, logits, labels, width);
        const title = `[${rows}, ${classes}] by ${width}`;
        expect(worstNormalizedError(lossesOf(state), expected), title).toBeLessThan(1);
        const largest = rowsOf(logits, classes).map((row) => Math.max(...row));
        expect([...state.subarray(0, rows)], title).toEqual(largest);
      }
    });
  }

  test("a chunk of -infinity beside others counts nothing, before and after them", async () => {
    const logits = Float32Array.of(-Infinity, -Infinity, 3, 1, -Infinity, -Infinity);
    const state = await stateOf(variant, logits, Int32Array.of(3), 2);
    expect(worstNormalizedError(lossesOf(state), Float64Array.of(2 + Math.log1p(Math.exp(-2))))).toBeLessThan(
      1,
    );
  });

  test("NaN, infinity and a label that names no class spoil their rows, one to be ignored does not", async () => {
    const logits = Float32Array.from({ length: 6 * 8 }, (_, index) => scattered(3)(index));
    logits[0 * 8 + 1] = Number.NaN;
    logits[1 * 8 + 6] = Number.POSITIVE_INFINITY;
    const labels = Int32Array.of(0, 0, -1, 8, -7, 7);
    const state = await stateOf(variant, logits, labels, 4, -7);
    expect([...state.subarray(6, 12)].map(Number.isNaN)).toEqual([true, true, true, true, false, false]);
  });
});

test("the choice follows row length and device", () => {
  const [gpu, fallback] = profiles;
  const nameOf = (classes: number, device: typeof gpu) =>
    crossEntropyState({ rows: 8, classes, start: 0, allClasses: classes, ignoreIndex: -100 }, device).kernel
      .name;
  expect(nameOf(10, gpu)).toBe("cross_entropy_state_rows_serial");
  expect(nameOf(100, gpu)).toBe("cross_entropy_state_rows");
  expect(nameOf(100, fallback)).toBe("cross_entropy_state_rows_serial");
});
