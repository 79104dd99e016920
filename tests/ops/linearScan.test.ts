import { DtypeError, ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { linearScan } from "../../src/ops/index.ts";
import { exact, sums } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("linearScan", [
  {
    name: "known values",
    inputs: [
      { shape: [4], values: [9, 2, 0, -1] },
      { shape: [4], values: [1, 2, 3, 4] },
    ],
    apply: (a, b) => linearScan(a, b, 0),
    tolerance: sums(4),
    expected: [1, 4, 3, 1],
    dy: [1, 1, 1, 1],
    expectedGradients: [
      [0, 1, 0, 3],
      [3, 1, 0, 1],
    ],
    secondGradient: true,
  },
  {
    name: "a middle axis",
    inputs: [{ shape: [2, 33, 5], low: -1, high: 1 }, { shape: [2, 33, 5] }],
    apply: (a, b) => linearScan(a, b, 1),
    tolerance: sums(33),
    shape: [2, 33, 5],
    gradientTolerance: sums(400),
  },
  {
    name: "one long row, in blocks",
    inputs: [{ shape: [18000], low: -0.9, high: 0.9 }, { shape: [18000] }],
    apply: (a, b) => linearScan(a, b, 0),
    tolerance: sums(64),
    shape: [18000],
    gradientTolerance: sums(400),
  },
  {
    name: "NaN stays to the end, infinity until it is multiplied by 0",
    inputs: [
      { shape: [2, 4], values: [1, 1, 1, 0, 1, 2, 0, 1] },
      { shape: [2, 4], values: [1, Number.NaN, 1, 1, 1, Infinity, 1, 1] },
    ],
    apply: (a, b) => linearScan(a, b, 1),
    tolerance: exact,
    expected: [1, Number.NaN, Number.NaN, Number.NaN, 1, Infinity, Number.NaN, Number.NaN],
    withoutGradient: true,
  },
  {
    name: "nothing",
    inputs: [{ shape: [2, 0] }, { shape: [2, 0] }],
    apply: (a, b) => linearScan(a, b, 1),
    tolerance: exact,
    shape: [2, 0],
  },
]);

testErrors("linearScan", [
  {
    name: "other shapes",
    run: () => linearScan(inputNode([2, 3], "f32"), inputNode([3], "f32"), 0),
    error: ShapeError,
    text: "linearScan: a is [2, 3] and b is [3]; their shapes must be equal.",
  },
  {
    name: "whole numbers",
    run: () => linearScan(inputNode([2, 3], "f32"), inputNode([2, 3], "i32"), 0),
    error: DtypeError,
    text: "linearScan: b has dtype i32; it must be f32 or f16.",
  },
  {
    name: "an axis out of range",
    run: () => linearScan(inputNode([2, 3], "f32"), inputNode([2, 3], "f32"), 2),
    error: ShapeError,
    text: "linearScan: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
]);
