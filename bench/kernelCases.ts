// The kernel cases: their inputs, and what a sample of the results must be, computed in float64.
//
// Decides how far each result may be off. Leaves to sumTolerance.ts how far a sum and an exponential may be.

import { noise } from "./noise.ts";
import type { KernelCaseName } from "./report.ts";
import { expTolerance, roundingUnit, sumTolerance } from "./sumTolerance.ts";

export interface KernelInput {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

interface Expected {
  readonly value: number;
  readonly tolerance: number;
}

export interface KernelCase {
  readonly inputs: readonly KernelInput[];
  /** Elements of the result. */
  readonly size: number;
  /** Element `index` of the result. */
  expected(index: number): Expected;
}

const million = 1024 * 1024;
const softmaxSize = 512;
/** Elements of a result that are checked. */
const checkedElements = 97;

const makers: Record<KernelCaseName, () => KernelCase> = {
  "matmul-256": () => matmulCase(256),
  "matmul-512": () => matmulCase(512),
  "softmax-512": softmaxCase,
  "sum-1m": sumCase,
  "chain-1m": chainCase,
};

export function kernelCase(name: KernelCaseName): KernelCase {
  return makers[name]();
}

/** Throws unless `result` has the right size and a sample of its elements is right. */
export function requireResult(result: ArrayLike<number>, { size, expected }: KernelCase): void {
  if (result.length !== size) throw new Error(`wrong result: ${result.length} elements; there are ${size}.`);
  for (let i = 0; i < checkedElements; i++) {
    const index = Math.floor((i * (size - 1)) / (checkedElements - 1));
    const { value, tolerance } = expected(index);
    if (!(Math.abs(result[index] - value) <= tolerance)) {
      throw new Error(
        `wrong result: element ${index} is ${result[index]}; it is ${value} within ${tolerance.toPrecision(2)}.`,
      );
    }
  }
}

/** [n, n] times [n, n]. */
function matmulCase(n: number): KernelCase {
  const a = noise(n * n, -1, 1, 1);
  const b = noise(n * n, -1, 1, 2);
  const shape = [n, n];
  return {
    inputs: [
      { shape, values: a },
      { shape, values: b },
    ],
    size: n * n,
    expected(index) {
      const row = Math.floor(index / n);
      let value = 0;
      let sizes = 0;
      for (let k = 0; k < n; k++) {
        const term = a[row * n + k] * b[k * n + (index % n)];
        value += term;
        sizes += Math.abs(term);
      }
      return { value, tolerance: sumTolerance(n, sizes) };
    },
  };
}

/** Over the last axis of [512, 512]. */
function softmaxCase(): KernelCase {
  const n = softmaxSize;
  const x = noise(n * n, -4, 4, 3);
  return {
    inputs: [{ shape: [n, n], values: x }],
    size: n * n,
    expected(index) {
      const start = index - (index % n);
      const total = x.subarray(start, start + n).reduce((sum, value) => sum + Math.exp(value), 0);
      const value = Math.exp(x[index]) / total;
      // Exponentials of up to 8 stand above and below the line.
      return { value, tolerance: sumTolerance(n, value) + 2 * expTolerance(8) * value };
    },
  };
}

/** All of [1048576] to one number. */
function sumCase(): KernelCase {
  const x = noise(million, 0, 1, 4);
  return {
    inputs: [{ shape: [million], values: x }],
    size: 1,
    expected() {
      const value = x.reduce((sum, term) => sum + term, 0);
      return { value, tolerance: sumTolerance(million, value) };
    },
  };
}

/** relu(x * 1.5 + 0.25) ** 2 over [1048576], four elementwise ops. */
function chainCase(): KernelCase {
  const x = noise(million, -1, 1, 5);
  return {
    inputs: [{ shape: [million], values: x }],
    size: million,
    expected(index) {
      const value = Math.max(x[index] * 1.5 + 0.25, 0) ** 2;
      // Two roundings of numbers below 2, doubled by the square of a number below 2, and one of a number below 4.
      return { value, tolerance: (2 * 2 * 2 * 2 + 4) * roundingUnit };
    },
  };
}
