import { DtypeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { remainder } from "../../src/ops/index.ts";
import { binaryShapes, fewShapes, given } from "./elementwiseCases.ts";
import { sums, ulps } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("remainder", [
  {
    name: "known values, with gradients",
    inputs: [given([5, -5, 5, -5, 7.5, -7.5]), given([3, 3, -3, -3, 0.75, 2])],
    apply: (a, b) => remainder(a, b),
    tolerance: ulps(1),
    expected: [2, 1, -1, -2, 0, 0.5],
    dy: [1, 2, 3, 4, 5, 6],
    expectedGradients: [
      [1, 2, 3, 4, 5, 6],
      [-1, 4, 6, -4, -50, 24],
    ],
  },
  {
    name: "far apart",
    inputs: [given([10000000000, -(2 ** 100), 16777216, 1e-20, 2 ** 127]), given([3, 7, 0.125, 5, 3])],
    apply: (a, b) => remainder(a, b),
    tolerance: ulps(1),
    expected: [1, 5, 0, 1e-20, 2],
    withoutGradient: true,
  },
  {
    name: "zeros, infinities, and no number",
    inputs: [
      given([0, -0, 1, Infinity, 1, -1, Number.NaN, 1, 6, -6]),
      given([3, 3, 0, 2, Infinity, Infinity, 1, Number.NaN, 3, 3]),
    ],
    apply: (a, b) => remainder(a, b),
    tolerance: ulps(1),
    expected: [0, -0, Number.NaN, Number.NaN, 1, Infinity, Number.NaN, Number.NaN, 0, -0],
    withoutGradient: true,
  },
  {
    name: "i32",
    inputs: [given([5, -5, 5, -5, -2147483648, 16777217], "i32"), given([3, 3, -3, -3, -1, 16777216], "i32")],
    apply: (a, b) => remainder(a, b),
    tolerance: ulps(1),
    dtype: "i32",
    expected: [2, 1, -1, -2, 0, 1],
    withoutGradient: true,
  },
  {
    name: "of an integer 0 it is 0",
    inputs: [given([5, -5, 0], "i32"), given([0, 0, 0], "i32")],
    apply: (a, b) => remainder(a, b),
    tolerance: ulps(1),
    dtype: "i32",
    expected: [0, 0, 0],
    withoutGradient: true,
  },
  {
    name: "u32",
    inputs: [given([4294967295, 7, 7], "u32"), given([10, 4294967295, 0], "u32")],
    apply: (a, b) => remainder(a, b),
    tolerance: ulps(1),
    dtype: "u32",
    expected: [5, 7, 0],
    withoutGradient: true,
  },
  {
    name: "integers by a fraction",
    inputs: [given([7, -7], "i32")],
    apply: (a) => remainder(a, 2.5),
    tolerance: ulps(1),
    dtype: "f32",
    expected: [2, 0.5],
    withoutGradient: true,
  },
  ...fewShapes(
    binaryShapes(remainder, {
      tolerance: ulps(1),
      low: 1,
      high: 2,
      second: { low: 5, high: 9 },
      summed: sums,
    }),
  ),
]);
testErrors("remainder", [
  {
    name: "a of bool",
    run: () => remainder(inputNode([2], "bool"), 1),
    error: DtypeError,
    text: "remainder: a has dtype bool; it must be f32 or f16 or i32 or u32.",
  },
]);
