import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { broadcastTo, mul, sum } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { exact, sums } from "./families.ts";
import { reductionShapes } from "./reductionCases.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("sum", [
  {
    name: "known values",
    inputs: [{ shape: [2, 3], values: [1, 2, 3, 4, 5, 6.5] }],
    apply: (x) => sum(x, { axis: 1 }),
    tolerance: exact,
    expected: [6, 15.5],
    dy: [2, 3],
    expectedGradients: [[2, 2, 2, 3, 3, 3]],
    secondTolerance: sums(3),
    secondGradient: true,
  },
  {
    name: "nothing",
    inputs: [{ shape: [0] }],
    apply: (x) => sum(x),
    tolerance: exact,
    expected: [0],
  },
  {
    name: "rows of nothing",
    inputs: [{ shape: [3, 0] }],
    apply: (x) => sum(x, { axis: 1 }),
    tolerance: exact,
    expected: [0, 0, 0],
  },
  {
    name: "infinities and no number",
    inputs: [{ shape: [3, 2], values: [Infinity, 1, Infinity, -Infinity, Number.NaN, 1] }],
    apply: (x) => sum(x, { axis: 1 }),
    tolerance: exact,
    expected: [Infinity, Number.NaN, Number.NaN],
    withoutGradient: true,
  },
  {
    name: "i32",
    inputs: [{ shape: [2, 2], dtype: "i32", values: [1, -5, 1000000, 7] }],
    apply: (x) => sum(x, { axis: 1 }),
    tolerance: exact,
    dtype: "i32",
    expected: [-4, 1000007],
    withoutGradient: true,
  },
  {
    name: "large i32",
    inputs: [given([16777217, 16777217, 1], "i32")],
    apply: (x) => sum(x),
    tolerance: exact,
    dtype: "i32",
    expected: [33554435],
    withoutGradient: true,
  },
  {
    name: "u32",
    inputs: [given([1, 2, 3], "u32")],
    apply: (x) => sum(x),
    tolerance: exact,
    dtype: "u32",
    expected: [6],
    withoutGradient: true,
  },
  {
    name: "bools are counted",
    inputs: [given([1, 0, 1, 1], "bool")],
    apply: (x) => sum(x),
    tolerance: exact,
    dtype: "i32",
    expected: [3],
    withoutGradient: true,
  },
  ...reductionShapes(sum, { value: () => exact, gradient: () => exact, integers: true }),
  {
    name: "fractions",
    inputs: [{ shape: [5, 301] }],
    apply: (x) => sum(x, { axis: 1 }),
    tolerance: sums(301),
  },
  {
    name: "a long row",
    inputs: [{ shape: [2, 1500] }],
    apply: (x) => sum(x, { axis: 1 }),
    tolerance: sums(1500),
  },
  {
    name: "a row so long that it is cut",
    inputs: [{ shape: [20000], integers: true }],
    apply: (x) => sum(x),
    tolerance: exact,
  },
  {
    name: "columns so long that they are cut",
    inputs: [{ shape: [6000, 3], integers: true }],
    apply: (x) => sum(x, { axis: 0 }),
    tolerance: exact,
  },
  {
    name: "a long middle axis",
    inputs: [{ shape: [2, 70, 40], integers: true }],
    apply: (x) => sum(x, { axis: 1 }),
    tolerance: exact,
  },
  {
    name: "a stretched value",
    inputs: [{ shape: [3, 1], integers: true }],
    apply: (x) => sum(broadcastTo(x, [3, 50]), { axis: 1 }),
    tolerance: exact,
  },
  {
    name: "a sum of squares of sums",
    inputs: [{ shape: [4, 5] }],
    apply: (x) => {
      const rows = sum(x, { axis: 1, keepDims: true });
      return sum(mul(rows, x), { axis: 0 });
    },
    tolerance: sums(20),
    secondGradient: true,
  },
]);

testErrors("sum", [
  {
    name: "an axis out of range",
    run: () => sum(inputNode([2, 3], "f32"), { axis: 2 }),
    error: ShapeError,
    text: "sum: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "an axis twice",
    run: () => sum(inputNode([2, 3], "f32"), { axis: [1, -1] }),
    error: ShapeError,
    text: "sum: axes [1, 1] name an axis twice; each may stand once.",
  },
  {
    name: "an axis of a scalar",
    run: () => sum(inputNode([], "f32"), { axis: 0 }),
    error: ShapeError,
    text: "sum: axis 0 is out of range for 0 axes; a scalar has no axes.",
  },
]);
