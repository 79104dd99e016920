// Matrix products: square ones, awkward ones, transposed ones, batches.

import { type ExactResult, type Signs, signedTolerance } from "../expectation.ts";
import { noise } from "../noise.ts";
import { sumTolerance } from "../sumTolerance.ts";
import { type ByScale, bytesOf, type OpCase, type OpProblem } from "./opCase.ts";

interface MatmulSizes {
  readonly batch?: number;
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

interface MatmulRecord {
  readonly sizes: MatmulSizes | ByScale<MatmulSizes>;
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  /** Takes a software adapter many seconds a call. */
  readonly isLarge?: boolean;
}

const small: MatmulSizes = { m: 17, k: 29, n: 23 };
const square = (size: number): MatmulSizes => ({ m: size, k: size, n: size });

const records: Readonly<Record<string, MatmulRecord>> = {
  "matmul-256": { sizes: square(256) },
  "matmul-512": { sizes: square(512) },
  "matmul-1024": { sizes: square(1024) },
  "matmul-2048": { sizes: square(2048), isLarge: true },
  "matmul-4096": { sizes: square(4096), isLarge: true },
  "matmul-1021": { sizes: square(1021) },
  "matmul-wide": {
    sizes: {
      small: { m: 4, k: 8, n: 1031 },
      software: { m: 32, k: 64, n: 50257 },
      hardware: { m: 64, k: 768, n: 50257 },
    },
  },
  "matmul-nt": { sizes: square(512), transposeB: true },
  "matmul-tn": { sizes: square(512), transposeA: true },
  "matmul-batched": {
    sizes: {
      small: { batch: 3, m: 7, k: 11, n: 13 },
      software: { batch: 16, ...square(128) },
      hardware: { batch: 16, ...square(128) },
    },
  },
  "matmul-row": { sizes: { m: 1, k: 768, n: 3072 } },
  "matmul-64x768x768": { sizes: { m: 64, k: 768, n: 768 } },
  "matmul-skinny": { sizes: { m: 64, k: 65536, n: 64 } },
};

export const matmulCases: readonly OpCase[] = Object.entries(records).map(([name, record]) => ({
  name,
  group: "matmul",
  fitsSoftware: record.isLarge !== true,
  problem(scale) {
    const { sizes } = record;
    const plain = "m" in sizes ? (scale === "small" ? small : sizes) : sizes[scale];
    return matmulProblem(plain, record);
  },
}));

function matmulProblem(
  sizes: MatmulSizes,
  { transposeA = false, transposeB = false }: MatmulRecord,
): OpProblem {
  const { batch, m, k, n } = sizes;
  const several = batch === undefined ? [] : [batch];
  const shapeA = [...several, ...(transposeA ? [k, m] : [m, k])];
  const shapeB = [...several, ...(transposeB ? [n, k] : [k, n])];
  const shape = [...several, m, n];
  const items = batch ?? 1;
  const operands = {
    ...{ items, m, k, n },
    a: noise(items * m * k, -1, 1, 1),
    b: noise(items * k * n, -1, 1, 2),
    strideA: transposeA ? [1, m] : [k, 1],
    strideB: transposeB ? [1, k] : [n, 1],
  };
  return {
    work: { op: "matmul", transposeA, transposeB },
    inputs: [
      { shape: shapeA, values: operands.a },
      { shape: shapeB, values: operands.b },
    ],
    flops: 2 * items * m * k * n,
    bytes: bytesOf(shapeA, shapeB, shape),
    exact: () => [exactProduct(operands, shape)],
  };
}

interface Operands {
  readonly items: number;
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly a: Float32Array;
  readonly b: Float32Array;
  /** Of rows and columns. */
  readonly strideA: readonly number[];
  readonly strideB: readonly number[];
}

function exactProduct(operands: Operands, shape: readonly number[]): ExactResult {
  const { m, k, n, a, b, strideA, strideB } = operands;
  return {
    name: "product",
    shape,
    at(index) {
      const col = index % n;
      const row = Math.floor(index / n) % m;
      const item = Math.floor(index / (m * n));
      const startA = item * m * k + row * strideA[0];
      const startB = item * k * n + col * strideB[1];
      let value = 0;
      let sizes = 0;
      for (let inner = 0; inner < k; inner++) {
        const term = a[startA + inner * strideA[1]] * b[startB + inner * strideB[0]];
        value += term;
        sizes += Math.abs(term);
      }
      return { value, tolerance: sumTolerance(k, sizes) };
    },
    signedSum: (signs) => signedSum(operands, signs),
  };
}

/**
 * Sum over k of (the signed sum of a's column) times (that of b's row). The squares of all sums of |a| |b| add up to no
 * more than those of a times those of b, by Cauchy and Schwarz.
 */
function signedSum({ items, m, k, n, a, b, strideA, strideB }: Operands, { rows, cols }: Signs) {
  let value = 0;
  let squares = 0;
  for (let item = 0; item < items; item++) {
    let squaresA = 0;
    let squaresB = 0;
    for (let inner = 0; inner < k; inner++) {
      let left = 0;
      for (let row = 0; row < m; row++) {
        const x = a[item * m * k + row * strideA[0] + inner * strideA[1]];
        left += rows[item * m + row] * x;
        squaresA += x * x;
      }
      let right = 0;
      for (let col = 0; col < n; col++) {
        const x = b[item * k * n + inner * strideB[0] + col * strideB[1]];
        right += cols[col] * x;
        squaresB += x * x;
      }
      value += left * right;
    }
    squares += squaresA * squaresB;
  }
  return { value, tolerance: signedTolerance(sumTolerance(k, 1) ** 2 * squares) };
}
