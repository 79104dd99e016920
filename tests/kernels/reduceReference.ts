// What reductions along one axis must give, in float64 and by the definition.

import type { ArgKind, ReduceSizes, ValueKind } from "../../src/kernels/reduce.ts";

/** The elements of x [outer, length, inner] that make output `index`, in order. */
function line(x: Float32Array, { length, inner }: ReduceSizes, index: number): number[] {
  const start = Math.floor(index / inner) * length * inner + (index % inner);
  return Array.from({ length }, (_, l) => x[start + l * inner]);
}

function outputs({ outer, inner }: ReduceSizes): { length: number } {
  return { length: outer * inner };
}

/** Sum, product, largest or smallest; Math.max and Math.min pass a NaN on, and of nothing give an infinity. */
export function reduceReference(kind: ValueKind, sizes: ReduceSizes, x: Float32Array): Float64Array {
  return Float64Array.from(outputs(sizes), (_, index) => {
    const values = line(x, sizes, index);
    if (kind === "sum") return values.reduce((total, value) => total + value, 0);
    if (kind === "prod") return values.reduce((total, value) => total * value, 1);
    const better = kind === "max" ? Math.max : Math.min;
    return values.reduce(
      (best, value) => better(best, value),
      kind === "max" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY,
    );
  });
}

/** The sum of the absolute values of what makes each output. */
export function magnitudes(sizes: ReduceSizes, x: Float32Array): Float64Array {
  return reduceReference("sum", sizes, x.map(Math.abs));
}

/** The lowest index of the largest or smallest element; that of the first NaN where there is one. */
export function argReference(kind: ArgKind, sizes: ReduceSizes, x: Float32Array): Int32Array {
  return Int32Array.from(outputs(sizes), (_, index) => {
    const values = line(x, sizes, index);
    const firstNaN = values.findIndex(Number.isNaN);
    if (firstNaN >= 0) return firstNaN;
    let best = 0;
    values.forEach((value, l) => {
      if (kind === "argmax" ? value > values[best] : value < values[best]) best = l;
    });
    return best;
  });
}
