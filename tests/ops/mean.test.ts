import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { mean, square } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { exact, sums } from "./families.ts";
import { reductionShapes } from "./reductionCases.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("mean", [
  {
    name: "known values",
    inputs: [{ shape: [2, 4], values: [1, 2, 3, 4, 5, 6, 7, 9] }],
    apply: (x) => mean(x, { axis: 1 }),
    tolerance: exact,
    expected: [2.5, 6.75],
    dy: [4, 8],
    expectedGradients: [[1, 1, 1, 1, 2, 2, 2, 2]],
    secondTolerance: sums(4),
    secondGradient: true,
  },
  {
    name: "nothing",
    inputs: [{ shape: [0] }],
    apply: (x) => mean(x),
    tolerance: exact,
    expected: [Number.NaN],
    withoutGradient: true,
  },
  {
    name: "integers give f32",
    inputs: [given([1, 2, 4, 6], "i32")],
    apply: (x) => mean(x),
    tolerance: exact,
    dtype: "f32",
    expected: [3.25],
    withoutGradient: true,
  },
  {
    name: "one integer gives f32",
    inputs: [given([7], "i32")],
    apply: (x) => mean(x),
    tolerance: exact,
    dtype: "f32",
    expected: [7],
    withoutGradient: true,
  },
  {
    name: "integers whose sum no i32 holds",
    inputs: [given([2147483520, 2147483520, 2147483520, 2147483520], "i32")],
    apply: (x) => mean(x),
    tolerance: exact,
    dtype: "f32",
    expected: [2147483520],
    withoutGradient: true,
  },
  {
    name: "the share of true",
    inputs: [given([1, 0, 1, 1], "bool")],
    apply: (x) => mean(x),
    tolerance: exact,
    dtype: "f32",
    expected: [0.75],
    withoutGradient: true,
  },
  ...reductionShapes(mean, { value: sums, gradient: sums }),
  {
    name: "a mean square, twice differentiated",
    inputs: [{ shape: [3, 5] }],
    apply: (x) => mean(square(x), { axis: 0 }),
    tolerance: sums(3),
    secondGradient: true,
  },
]);

testErrors("mean", [
  {
    name: "an axis out of range",
    run: () => mean(inputNode([2, 3], "f32"), { axis: -3 }),
    error: ShapeError,
    text: "mean: axis -3 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
]);
