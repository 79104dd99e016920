// Softmax and cross-entropy in float64 by the definition, the bar for them, and rows that are hard to get right.

import { scattered } from "./matmulReference.ts";

/** How many times the bar of the normalised class (relative 1e-5 plus 1e-6) the worst element is off. */
export function worstNormalizedError(actual: Float32Array, expected: Float64Array): number {
  return expected.reduce(
    (worst, value, index) =>
      Math.max(worst, Math.abs(actual[index] - value) / (1e-5 * Math.abs(value) + 1e-6)),
    // Without elements, or with a NaN that compares to nothing, the test must not pass.
    expected.length > 0 && actual.every(Number.isFinite) ? 0 : Number.POSITIVE_INFINITY,
  );
}

/** log sum exp of one row. */
export function logSumExp(row: readonly number[]): number {
  const largest = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return largest + Math.log(row.reduce((total, value) => total + Math.exp(value - largest), 0));
}

/** The rows of x [rows, cols]. */
export function rowsOf(x: Float32Array, cols: number): number[][] {
  return Array.from({ length: x.length / cols }, (_, row) => [...x.subarray(row * cols, (row + 1) * cols)]);
}

/** softmax along the last of [rows, cols], or its logarithm. */
export function softmaxReference(x: Float32Array, cols: number, log: boolean): Float64Array {
  return Float64Array.from(
    rowsOf(x, cols).flatMap((row) => {
      const total = logSumExp(row);
      return row.map((value) => (log ? value - total : Math.exp(value - total)));
    }),
  );
}

/** Values of element `index` that tell a careless softmax. */
export const rowFills: Readonly<Record<string, (index: number) => number>> = {
  "small numbers": scattered(1),
  "a wide spread": (index) => 60 * scattered(2)(index),
  "logits of 10,000": (index) => 10_000 + 8 * scattered(3)(index),
  "logits of -10,000": (index) => -10_000 + 8 * scattered(4)(index),
  "logits of both signs at 10,000": (index) => 10_000 * scattered(5)(index),
  "equal numbers": () => 3.7,
  "one larger among equal numbers": (index) => (index % 5 === 0 ? 0.13 : 0),
  "masked by -infinity": (index) => (index % 7 === 3 ? Number.NEGATIVE_INFINITY : scattered(6)(index)),
  "masked by -1e9": (index) => (index % 7 === 3 ? -1e9 : scattered(6)(index)),
};
