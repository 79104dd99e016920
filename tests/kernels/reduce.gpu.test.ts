// Every reduction kernel against the float64 reduction.

import { describe, expect, test } from "vitest";
import type { DeviceProfile, Dispatch } from "../../src/kernels/kernel.ts";
import { DEFAULT_PROFILE } from "../../src/kernels/kernel.ts";
import type { ArgKind, ReduceKind, ReduceSizes, ValueKind } from "../../src/kernels/reduce.ts";
import {
  reduce,
  reduceArgRows,
  reduceArgSerial,
  reduceColumns,
  reduceColumnsSerial,
  reduceParts,
  reduceRows,
  reduceRowsSerial,
} from "../../src/kernels/reduce.ts";
import { profiles, runKernel, runKernelToIntegers } from "../setup/runKernel.ts";
import { scattered, wholeNumbers } from "./matmulReference.ts";
import { argReference, magnitudes, reduceReference } from "./reduceReference.ts";

type Shape = readonly [outer: number, length: number, inner: number];

interface ValueCase {
  readonly name: string;
  readonly dispatch: (kind: ValueKind, sizes: ReduceSizes, device: DeviceProfile) => Dispatch;
  readonly shapes: readonly Shape[];
}

const rowShapes: readonly Shape[] = [
  [1, 1, 1],
  [3, 2, 1],
  [2, 3, 1],
  [17, 4, 1],
  [5, 31, 1],
  [65, 64, 1],
];
const columnShapes: readonly Shape[] = [
  [1, 1, 2],
  [2, 3, 3],
  [3, 5, 4],
  [1, 64, 31],
  [2, 63, 33],
  [3, 65, 32],
];

const valueCases: readonly ValueCase[] = [
  {
    name: "reduce_rows",
    dispatch: reduceRows,
    shapes: [...rowShapes, [2, 257, 1], [1, 1023, 1], [2, 1025, 1]],
  },
  { name: "reduce_rows_serial", dispatch: reduceRowsSerial, shapes: [...rowShapes, [3, 1021, 1]] },
  { name: "reduce_columns", dispatch: reduceColumns, shapes: [...columnShapes, [1, 1021, 3], [2, 7, 130]] },
  { name: "reduce_columns_serial", dispatch: reduceColumnsSerial, shapes: [...columnShapes, [1, 1021, 3]] },
  {
    name: "reduce_columns_serial by sixteen columns",
    dispatch: (kind, sizes, device) => reduceColumnsSerial(kind, sizes, { ...device, kind: "fallback" }),
    shapes: [
      [32, 1, 2],
      [1, 2, 512],
      [16, 3, 17],
      [33, 6, 4],
      [1, 7, 513],
      [2, 63, 257],
      [1, 1021, 530],
    ],
  },
];

const argCases = [
  { name: "reduce_arg_rows", dispatch: reduceArgRows },
  { name: "reduce_arg_serial", dispatch: reduceArgSerial },
] as const;

const valueKinds: readonly ValueKind[] = ["sum", "max", "min", "prod"];
const argKinds: readonly ArgKind[] = ["argmax", "argmin"];

function sizesOf([outer, length, inner]: Shape): ReduceSizes {
  return { outer, length, inner };
}

function filled({ outer, length, inner }: ReduceSizes, fill: (index: number) => number): Float32Array {
  return Float32Array.from({ length: outer * length * inner }, (_, index) => fill(index));
}

async function run(dispatch: Dispatch, sizes: ReduceSizes, x: Float32Array): Promise<Float32Array> {
  return await runKernel(dispatch, { x }, sizes.outer * sizes.inner);
}

/** Infinities and NaN strewn among numbers: some rows hold several, some none. */
function withNonFinite(index: number): number {
  const specials = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return index % 97 < 3 ? specials[index % 97] : scattered(3)(index);
}

/** Signs, and a few powers of two: whatever the order, f32 holds what they come to. */
function powersOfTwo(index: number): number {
  const mixed = Math.imul(index + 1, 2654435761) >>> 28;
  if (mixed < 2) return mixed === 0 ? 2 : 0.5;
  return mixed % 2 === 0 ? 1 : -1;
}

/** What a reduction is exact for. */
const EXACT = { sum: wholeNumbers, max: scattered(1), min: scattered(1), prod: powersOfTwo };

/** By how many times the reduction bar the worst sum is off. */
function worstError(y: Float32Array, sizes: ReduceSizes, x: Float32Array): number {
  const reference = reduceReference("sum", sizes, x);
  const bar = (4 + Math.sqrt(sizes.length)) * 2 ** -24;
  return magnitudes(sizes, x).reduce(
    (worst, magnitude, index) => Math.max(worst, Math.abs(y[index] - reference[index]) / (bar * magnitude)),
    0,
  );
}

for (const { name, dispatch, shapes } of valueCases) {
  describe(name, () => {
    for (const kind of valueKinds) {
      test(`${kind} is exact`, async () => {
        const narrow = { ...DEFAULT_PROFILE, maxWorkgroupsPerDimension: 5 };
        for (const sizes of shapes.map(sizesOf)) {
          const x = filled(sizes, EXACT[kind]);
          expect([...(await run(dispatch(kind, sizes, narrow), sizes, x))], `${kind} of ${shapes}`).toEqual([
            ...reduceReference(kind, sizes, x),
          ]);
        }
      });

      test(`${kind} passes NaN on and keeps to its own elements`, async () => {
        for (const sizes of shapes.map(sizesOf)) {
          const among = kind === "prod" ? powersOfTwo : withNonFinite;
          const x = filled(sizes, (index) => (index % 97 === 0 ? Number.NaN : among(index)));
          const y = await run(dispatch(kind, sizes, DEFAULT_PROFILE), sizes, x);
          const expected = reduceReference(kind, sizes, x);
          // Finite sums are another test's business.
          const rough = (value: number) => (kind === "sum" && Number.isFinite(value) ? 0 : value);
          expect([...y].map(rough)).toEqual([...expected].map(rough));
        }
      });

      test(`${kind} of nothing`, async () => {
        const sizes = { outer: 3, length: 0, inner: shapes[0][2] };
        const y = await run(dispatch(kind, sizes, DEFAULT_PROFILE), sizes, new Float32Array());
        expect([...y]).toEqual([...reduceReference(kind, sizes, new Float32Array())]);
      });
    }

    test("sums within the reduction bar", async () => {
      for (const sizes of shapes.map(sizesOf)) {
        const x = filled(sizes, scattered(2));
        const y = await run(dispatch("sum", sizes, DEFAULT_PROFILE), sizes, x);
        expect(worstError(y, sizes, x)).toBeLessThan(1);
      }
    });

    test("sums a million equal numbers within the reduction bar", async () => {
      const sizes = { outer: 1, length: 1_000_001, inner: shapes[0][2] };
      const x = filled(sizes, () => 0.1);
      const y = await run(dispatch("sum", sizes, DEFAULT_PROFILE), sizes, x);
      expect(worstError(y, sizes, x)).toBeLessThan(1);
    });

    test("sums a large number and many small ones within the reduction bar", async () => {
      const sizes = { outer: 1, length: 65_537, inner: shapes[0][2] };
      const x = filled(sizes, (index) => (index < sizes.inner ? 1 : 1.4 * 2 ** -24));
      const y = await run(dispatch("sum", sizes, DEFAULT_PROFILE), sizes, x);
      expect(worstError(y, sizes, x)).toBeLessThan(1);
    });
  });
}

for (const { name, dispatch } of argCases) {
  describe(name, () => {
    const shapes = [...rowShapes, ...columnShapes, [2, 1025, 1], [1, 513, 3]] as const;
    const fills = {
      "distinct numbers": scattered(4),
      "many equal numbers": wholeNumbers,
      "zeros of both signs": (index: number) => (index % 3 === 0 ? 0 : -0),
      "infinities and NaN": withNonFinite,
    };
    for (const kind of argKinds) {
      for (const [what, fill] of Object.entries(fills)) {
        test(`${kind} of ${what}`, async () => {
          const narrow = { ...DEFAULT_PROFILE, maxWorkgroupsPerDimension: 20 };
          for (const sizes of shapes.map(sizesOf)) {
            const x = filled(sizes, fill);
            const y = await runKernelToIntegers(
              dispatch(kind, sizes, narrow),
              { x },
              sizes.outer * sizes.inner,
            );
            expect([...y]).toEqual([...argReference(kind, sizes, x)]);
          }
        });
      }

      test(`${kind} of nothing is 0`, async () => {
        const sizes = { outer: 2, length: 0, inner: 3 };
        const dispatched = dispatch(kind, sizes, DEFAULT_PROFILE);
        expect([...(await runKernelToIntegers(dispatched, { x: new Float32Array() }, 6))]).toEqual(
          Array(6).fill(0),
        );
      });
    }
  });
}

describe("the choice of a kernel", () => {
  for (const device of profiles) {
    test(`is exact on ${device.kind}`, async () => {
      for (const shape of [
        [40, 7, 1],
        [3, 700, 1],
        [1, 30, 50],
        [2, 300, 20],
        [1, 40, 70000],
      ] as const) {
        const sizes = sizesOf(shape);
        const x = filled(sizes, wholeNumbers);
        for (const kind of ["sum", "max"] as const) {
          const y = await run(reduce(kind, sizes, device), sizes, x);
          expect(y).toEqual(Float32Array.from(reduceReference(kind, sizes, x)));
        }
        const places = reduce("argmin", sizes, device);
        expect(await runKernelToIntegers(places, { x }, sizes.outer * sizes.inner)).toEqual(
          argReference("argmin", sizes, x),
        );
      }
    });
  }

  test("follows shape and device", () => {
    const [gpu, fallback] = profiles;
    const choice = (kind: ReduceKind, shape: Shape, device: DeviceProfile) =>
      reduce(kind, sizesOf(shape), device).kernel.name;
    expect({
      "gpu, short rows": choice("sum", [1000, 32, 1], gpu),
      "gpu, rows": choice("sum", [1000, 33, 1], gpu),
      "gpu, columns": choice("max", [4, 512, 768], gpu),
      "gpu, many columns": choice("max", [1, 64, 65536], gpu),
      "gpu, index": choice("argmax", [64, 50257, 1], gpu),
      "fallback, rows": choice("sum", [1000, 4096, 1], fallback),
      "fallback, columns": choice("sum", [4, 512, 768], fallback),
      "fallback, index": choice("argmin", [64, 50257, 1], fallback),
    }).toMatchInlineSnapshot(`
      {
        "fallback, columns": "reduce_columns_serial",
        "fallback, index": "reduce_arg_serial",
        "fallback, rows": "reduce_rows_serial",
        "gpu, columns": "reduce_columns",
        "gpu, index": "reduce_arg_rows",
        "gpu, many columns": "reduce_columns_serial",
        "gpu, rows": "reduce_rows",
        "gpu, short rows": "reduce_rows_serial",
      }
    `);
  });

  test("cuts a long axis of few outputs into a divisor of it", () => {
    const [gpu, fallback] = profiles;
    const parts = (shape: Shape, device: DeviceProfile) => reduceParts(sizesOf(shape), device);
    expect({
      "gpu, one row of 2^20": parts([1, 2 ** 20, 1], gpu),
      "gpu, one row of 10^6": parts([1, 10 ** 6, 1], gpu),
      "gpu, a prime length": parts([1, 1_000_003, 1], gpu),
      "gpu, many rows": parts([4096, 2 ** 16, 1], gpu),
      "gpu, a bias gradient": parts([1, 8192, 768], gpu),
      "fallback, one row of 10^6": parts([1, 10 ** 6, 1], fallback),
      "fallback, a bias gradient": parts([1, 8192, 10], fallback),
      "fallback, a short row": parts([1, 1000, 1], fallback),
    }).toMatchInlineSnapshot(`
      {
        "fallback, a bias gradient": 16,
        "fallback, a short row": 1,
        "fallback, one row of 10^6": 80,
        "gpu, a bias gradient": 8,
        "gpu, a prime length": 1,
        "gpu, many rows": 1,
        "gpu, one row of 10^6": 250,
        "gpu, one row of 2^20": 256,
      }
    `);
  });
});
