// Layer norm, RMS norm and their gradients in float64 by the definition, and rows that are hard to get right.

import type { NormSizes } from "../../src/kernels/norm.ts";
import { scattered } from "./matmulReference.ts";
import { rowsOf } from "./softmaxReference.ts";

/** The rows normalised, and 1 / sqrt(variance + eps) of each. */
export function normalized(
  x: Float32Array,
  { cols, eps, centered }: NormSizes,
): { rows: number[][]; scales: number[] } {
  const scales: number[] = [];
  const rows = rowsOf(x, cols).map((row) => {
    const mean = centered ? row.reduce((total, value) => total + value, 0) / cols : 0;
    const variance = row.reduce((total, value) => total + (value - mean) ** 2, 0) / cols;
    const scale = 1 / Math.sqrt(variance + eps);
    scales.push(scale);
    return row.map((value) => (value - mean) * scale);
  });
  return { rows, scales };
}

/** y = normalised x * w + b. */
export function normReference(
  sizes: NormSizes,
  x: Float32Array,
  w: Float32Array,
  b: Float32Array,
): Float64Array {
  return Float64Array.from(
    normalized(x, sizes).rows.flatMap((row) => row.map((v, col) => v * w[col] + b[col])),
  );
}

/** dL/dx. */
export function inputGradientReference(
  sizes: NormSizes,
  x: Float32Array,
  w: Float32Array,
  dy: Float32Array,
): Float64Array {
  const { rows, scales } = normalized(x, sizes);
  const dx = rowsOf(dy, sizes.cols).map((row, r) => {
    const g = row.map((value, col) => value * w[col]);
    const mean = sizes.centered ? g.reduce((total, value) => total + value, 0) / sizes.cols : 0;
    const slope = g.reduce((total, value, col) => total + value * rows[r][col], 0) / sizes.cols;
    return g.map((value, col) => scales[r] * (value - mean - rows[r][col] * slope));
  });
  return Float64Array.from(dx.flat());
}

/** dL/dw and, behind it, dL/db where `bias` is set. */
export function weightGradientReference(
  sizes: NormSizes,
  x: Float32Array,
  dy: Float32Array,
  bias: boolean,
): Float64Array {
  const { cols } = sizes;
  const dw = new Float64Array(bias ? 2 * cols : cols);
  normalized(x, sizes).rows.forEach((row, r) => {
    row.forEach((value, col) => {
      dw[col] += dy[r * cols + col] * value;
      if (bias) dw[cols + col] += dy[r * cols + col];
    });
  });
  return dw;
}

/** Values of element `index` that tell a careless norm. */
export const normFills: Readonly<Record<string, (index: number) => number>> = {
  "small numbers": scattered(1),
  "a wide spread": (index) => 1000 * scattered(2)(index),
  "a mean of 1000 and a deviation of 1": (index) => 1000 + scattered(3)(index),
  "a mean of -1000 and a tiny deviation": (index) => -1000 + 0.01 * scattered(4)(index),
  "equal numbers": () => 3.7,
  zeros: () => 0,
  "one far from the others": (index) => (index % 61 === 0 ? 10_000 : scattered(5)(index)),
};
