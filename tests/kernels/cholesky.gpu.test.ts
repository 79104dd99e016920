// Cholesky factors and triangular systems, by workgroup and by invocation, against float64: what they solve must come back.

import { describe, expect, test } from "vitest";
import { cholesky, firstBlock } from "../../src/kernels/cholesky.ts";
import { DEFAULT_PROFILE, type DeviceProfile } from "../../src/kernels/kernel.ts";
import { solveTriangular } from "../../src/kernels/solveTriangular.ts";
import { runKernel } from "../setup/runKernel.ts";
import { allowedError } from "../setup/tolerances.ts";

/** Folds all but the smallest dispatches into two dimensions, with some workgroups too many. */
const narrow = { ...DEFAULT_PROFILE, maxWorkgroupsPerDimension: 3 };
const devices: readonly (readonly [DeviceProfile, readonly number[]])[] = [
  [narrow, [1, 3, 16, 17, 33, 64]],
  [{ ...narrow, kind: "fallback" }, [1, 3, 17, 32]],
];
const cases = devices.flatMap(([device, sizes]) => sizes.map((n) => [device.kind, n, device] as const));

const BATCH = 5;

/** Numbers of -1/2 to 1/2. */
function draw(count: number, factor: number): Float32Array {
  return Float32Array.from({ length: count }, (_, at) => ((at * factor) % 101) / 101 - 0.5);
}

/** Of each matrix the lower triangle, with a diagonal of 2; NaN, which may not be read, above it. */
function lowerTriangles(n: number): Float32Array {
  return draw(BATCH * n * n, 37).map((value, at) => {
    const [row, column] = [Math.floor(at / n) % n, at % n];
    return row === column ? 2 : row < column ? Number.NaN : value / Math.sqrt(n);
  });
}

function expectClose(actual: Float32Array, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, at) => {
    const bar = allowedError({ family: "normalised" }, { expected: value, input: value, magnitude: 0 });
    expect(Math.abs(actual[at] - value), `${at}: ${actual[at]}, expected ${value}`).toBeLessThanOrEqual(bar);
  });
}

describe.each(cases)("%s, %i rows", (_kind, n, device) => {
  const factors = lowerTriangles(n);
  const element = (item: number, row: number, column: number) =>
    row < column ? 0 : factors[(item * n + row) * n + column];
  const everyCell = Array.from({ length: BATCH * n * n }, (_, at) => at);
  const placeOf = (at: number) => [Math.floor(at / (n * n)), Math.floor(at / n) % n, at % n] as const;

  test("the factor of a product is what it was made from", async () => {
    const products = everyCell.map((at) => {
      const [item, row, column] = placeOf(at);
      if (row < column) return Number.NaN;
      return Array.from({ length: n }, (_, k) => element(item, row, k) * element(item, column, k)).reduce(
        (a, b) => a + b,
      );
    });
    const x = Float32Array.from(products);
    const y = await runKernel(cholesky({ batch: BATCH, n }, device), { x }, x.length);
    expectClose(
      y,
      everyCell.map((at) => element(...placeOf(at))),
    );
  });

  test.each([
    [false, false, 1],
    [false, true, 18],
    [true, false, 18],
    [true, true, 3],
  ])("systems: upper %s, a diagonal of ones %s, %i columns", async (upper, unit, columns) => {
    const solutions = draw(BATCH * n * columns, 53);
    // The upper triangle is the lower one, read by its columns.
    const coefficient = (item: number, row: number, column: number) => {
      if (unit && row === column) return 1;
      return upper ? element(item, column, row) : element(item, row, column);
    };
    const b = Float32Array.from(solutions, (_, at) => {
      const [item, row] = [Math.floor(at / (n * columns)), Math.floor(at / columns) % n];
      const terms = Array.from(
        { length: n },
        (_, k) => coefficient(item, row, k) * solutions[(item * n + k) * columns + (at % columns)],
      );
      return terms.reduce((sum, term) => sum + term, 0);
    });
    const a = unit
      ? factors.map((value, at) => ((at % (n * n)) % (n + 1) === 0 ? Number.NaN : value))
      : factors;
    const dispatch = solveTriangular({ batch: BATCH, n, columns, upper, unit }, device);
    const params = upper ? { ...dispatch.params, aRow: 1, aColumn: n } : dispatch.params;
    const y = await runKernel({ ...dispatch, params }, { a, b }, b.length);
    expectClose(y, [...solutions]);
  });
});

test.each(devices)("a pivot that is not above 0 leaves NaN behind", async (device) => {
  const nan = Number.NaN;
  const x = Float32Array.of(4, nan, nan, 2, 1, nan, 2, 3, 9, 0, nan, nan, 0, 1, nan, 0, 0, 1);
  const y = await runKernel(cholesky({ batch: 2, n: 3 }, device), { x }, x.length);
  expect([...y]).toEqual([2, 0, 0, 1, nan, 0, 1, nan, nan, nan, 0, 0, nan, nan, 0, nan, nan, nan]);
});

test("larger matrices are cut into whole blocks", () => {
  const chosen = (n: number) => devices.map(([device]) => firstBlock(n, device)).join(" ");
  expect(["32", "64", "65", "130", "512"].map((n) => chosen(Number(n)))).toEqual([
    "32 32",
    "64 32",
    "64 64",
    "128 96",
    "256 256",
  ]);
});
