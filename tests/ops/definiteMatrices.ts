// Matrices for factorisations that are as good as they come: symmetric, diagonally dominant, so that no digits are lost.

import type { InputSpec } from "./opCase.ts";

/** `scale` times the identity. */
export function identity(n: number, scale: number): InputSpec {
  return { shape: [n, n], values: cells(n, (row, column) => (row === column ? scale : 0)), constant: true };
}

/** A symmetric matrix whose pivots are all above 0, but for that of row `failing`. */
export function positive(n: number, failing?: number): InputSpec {
  const value = (row: number, column: number) => {
    if (row === column) return row === failing ? -1 : 2;
    return (((row * column + row + column) % 7) - 3) / (4 * n);
  };
  return { shape: [n, n], values: cells(n, value) };
}

/** A triangular matrix with a diagonal of 1 to 2, and `other` in the other triangle. */
export function triangular(n: number, upper: boolean, other = Number.NaN): InputSpec {
  const value = (row: number, column: number) => {
    if (row === column) return 1 + row / n;
    return row < column === upper ? (((3 * row + 5 * column) % 11) - 5) / (4 * Math.sqrt(n)) : other;
  };
  return { shape: [n, n], values: cells(n, value) };
}

function cells(n: number, value: (row: number, column: number) => number): number[] {
  return Array.from({ length: n * n }, (_, at) => Math.fround(value(Math.floor(at / n), at % n)));
}
