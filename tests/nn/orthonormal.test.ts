// Orthonormal columns against what defines them: right angles, the columns' span, and the signs of PyTorch's.

import { expect, test } from "vitest";
import { seededRandom } from "../../src/data/seededRandom.ts";
import { orthonormalColumns } from "../../src/nn/orthonormal.ts";

/** The largest distance of QᵀQ from 1, and of A's part above R's diagonal from what Q makes of it. */
function faults(
  a: Float64Array,
  q: Float64Array,
  rows: number,
  cols: number,
): { angles: number; rest: number } {
  const product = (x: Float64Array, y: Float64Array, i: number, j: number) => {
    let total = 0;
    for (let row = 0; row < rows; row++) total += x[row * cols + i] * y[row * cols + j];
    return total;
  };
  let angles = 0;
  let rest = 0;
  for (let i = 0; i < cols; i++) {
    for (let j = 0; j < cols; j++) {
      angles = Math.max(angles, Math.abs(product(q, q, i, j) - (i === j ? 1 : 0)));
      const r = product(q, a, i, j);
      // R = Qᵀ A is 0 below its diagonal and has no negative number on it.
      if (i > j) rest = Math.max(rest, Math.abs(r));
      if (i === j) expect(r).toBeGreaterThanOrEqual(-1e-12);
    }
  }
  return { angles, rest };
}

test.each([
  [1, 1],
  [5, 5],
  [17, 3],
  [40, 39],
])("%i rows, %i columns", (rows, cols) => {
  const random = seededRandom(5, rows);
  const a = Float64Array.from({ length: rows * cols }, () => 2 * random() - 1);
  const { angles, rest } = faults(a, orthonormalColumns(a, rows, cols), rows, cols);
  expect(angles).toBeLessThan(1e-12);
  expect(rest).toBeLessThan(1e-12);
});

test("columns that are nearly alike, and columns of nothing, still come out at right angles", () => {
  const a = Float64Array.of(1, 1, 0, 1, 1 + 1e-9, 0, 1, 1, 0, 1, 1, 0);
  const { angles } = faults(a, orthonormalColumns(a, 4, 3), 4, 3);
  expect(angles).toBeLessThan(1e-12);
});

// torch.linalg.qr of [[3, 1], [-4, 2], [0, 5]], its columns times the signs of R's diagonal.
test("known values", () => {
  const q = orthonormalColumns(Float64Array.of(3, 1, -4, 2, 0, 5), 3, 2);
  const length = Math.hypot(1.6, 1.2, 5);
  const wanted = [0.6, 1.6 / length, -0.8, 1.2 / length, 0, 5 / length];
  q.forEach((value, i) => {
    expect(value).toBeCloseTo(wanted[i], 12);
  });
});
