import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { outer } from "../../src/ops/index.ts";
import { exact, sums, ulps } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("outer", [
  {
    name: "two rows",
    inputs: [
      { shape: [2], values: [1, 2] },
      { shape: [3], values: [3, 4, 5] },
    ],
    apply: (a, b) => outer(a, b),
    tolerance: ulps(1),
    shape: [2, 3],
    expected: [3, 4, 5, 6, 8, 10],
    dy: [1, 2, 3, 4, 5, 6],
    expectedGradients: [
      [26, 62],
      [9, 12, 15],
    ],
  },
  {
    name: "fractions",
    inputs: [{ shape: [7] }, { shape: [5] }],
    apply: (a, b) => outer(a, b),
    tolerance: ulps(1),
    shape: [7, 5],
    gradientTolerance: sums(7),
    secondTolerance: sums(12),
    secondGradient: true,
  },
  {
    name: "nothing",
    inputs: [{ shape: [0] }, { shape: [3] }],
    apply: (a, b) => outer(a, b),
    tolerance: exact,
    shape: [0, 3],
  },
  {
    name: "two dtypes",
    inputs: [
      { shape: [2], values: [1, 2], dtype: "i32" },
      { shape: [1], values: [0.5] },
    ],
    apply: (a, b) => outer(a, b),
    tolerance: exact,
    dtype: "f32",
    expected: [0.5, 1],
    withoutGradient: true,
  },
]);

testErrors("outer", [
  {
    name: "a matrix",
    run: () => outer(inputNode([2, 3], "f32"), inputNode([3], "f32")),
    error: ShapeError,
    text: "outer: a is [2, 3], which has 2 axes; it must have 1 [n].",
  },
  {
    name: "a scalar",
    run: () => outer(inputNode([3], "f32"), inputNode([], "f32")),
    error: ShapeError,
    text: "outer: b is [], which has 0 axes; it must have 1 [m].",
  },
]);
