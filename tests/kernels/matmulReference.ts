// What a matrix product must be, in float64 and by the definition; and the data to try it with.

import type { SplitMatmulSizes } from "../../src/kernels/matmul.ts";

export interface MatmulData {
  readonly a: Float32Array;
  readonly b: Float32Array;
}

/** A value for element `index` of an input. */
export type Fill = (index: number) => number;

/** Whole numbers from -4 to 4 without a short period: products of them are summed exactly. */
export const wholeNumbers: Fill = (index) => (((index * 2654435761) >>> 7) % 9) - 4;

/** Numbers in (-1, 1) that depend on the seed and the index alone. */
export function scattered(seed: number): Fill {
  return (index) => {
    let bits = Math.imul(index + seed * 7919, 0x9e3779b1);
    bits = Math.imul(bits ^ (bits >>> 15), 0x85ebca6b);
    return (((bits ^ (bits >>> 13)) >>> 0) / 2 ** 32) * 2 - 1;
  };
}

/** The inputs of a product, as large as its sizes and strides ask. */
export function matmulData(sizes: SplitMatmulSizes, fillA: Fill, fillB: Fill = fillA): MatmulData {
  const { batch, m, n, k, batchStrideA, batchStrideB } = sizes;
  return {
    a: Float32Array.from({ length: (batch - 1) * batchStrideA + m * k }, (_, index) => fillA(index)),
    b: Float32Array.from({ length: (batch - 1) * batchStrideB + k * n }, (_, index) => fillB(index + 1)),
  };
}

/** y [batch, m, n] in float64, and for each element the sum of the absolute products. */
export function matmulReference(
  sizes: SplitMatmulSizes,
  { a, b }: MatmulData,
): { y: Float64Array; magnitude: Float64Array } {
  const { batch, m, n, k, transposeA, transposeB, batchStrideA, batchStrideB } = sizes;
  const y = new Float64Array(batch * m * n);
  const magnitude = new Float64Array(batch * m * n);
  for (let item = 0; item < batch; item++) {
    for (let row = 0; row < m; row++) {
      for (let col = 0; col < n; col++) {
        const at = (item * m + row) * n + col;
        for (let l = 0; l < k; l++) {
          const product =
            a[item * batchStrideA + (transposeA ? l * m + row : row * k + l)] *
            b[item * batchStrideB + (transposeB ? col * k + l : l * n + col)];
          y[at] += product;
          magnitude[at] += Math.abs(product);
        }
      }
    }
  }
  return { y, magnitude };
}

/** The sum of the partial products that a kernel wrote, y [splits, batch, m, n], in float64. */
export function sumOfParts(parts: Float32Array, splits: number): Float64Array {
  const length = parts.length / splits;
  return Float64Array.from({ length }, (_, index) => {
    let total = 0;
    for (let part = 0; part < splits; part++) total += parts[part * length + index];
    return total;
  });
}
