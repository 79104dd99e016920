import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { cumsum, mul, transpose } from "../../src/ops/index.ts";
import { exact, sums } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("cumsum", [
  {
    name: "along rows",
    inputs: [{ shape: [2, 3], values: [1, 2, 3, 4, 5, 6] }],
    apply: (x) => cumsum(x, 1),
    tolerance: sums(3),
    expected: [1, 3, 6, 4, 9, 15],
    dy: [1, 2, 3, 4, 5, 6],
    expectedGradients: [[6, 5, 3, 15, 11, 6]],
    secondGradient: true,
  },
  {
    name: "a middle axis of computed values",
    inputs: [{ shape: [3, 40, 5] }],
    apply: (x) => cumsum(mul(x, 2), 1),
    tolerance: sums(40),
    shape: [3, 40, 5],
  },
  {
    name: "through a view, many rows",
    inputs: [{ shape: [70, 9] }],
    apply: (x) => cumsum(transpose(x), -1),
    tolerance: sums(70),
    shape: [9, 70],
    secondGradient: true,
  },
  {
    name: "one long row, in blocks, exactly",
    inputs: [{ shape: [20003], low: -9, high: 9, integers: true }],
    apply: (x) => cumsum(x, 0),
    tolerance: exact,
    shape: [20003],
    withoutGradient: true,
  },
  {
    name: "the gradient of a long row",
    inputs: [{ shape: [4500] }],
    apply: (x) => cumsum(x, 0),
    tolerance: sums(4500),
  },
  {
    name: "infinities",
    inputs: [{ shape: [5], values: [1, Infinity, 2, -Infinity, 3] }],
    apply: (x) => cumsum(x, 0),
    tolerance: exact,
    expected: [1, Infinity, Infinity, Number.NaN, Number.NaN],
    dy: [1, 1, 1, 1, 1],
    expectedGradients: [[5, 4, 3, 2, 1]],
  },
  {
    name: "i32 beyond f32",
    inputs: [{ shape: [3], values: [16777216, 1, 1], dtype: "i32" }],
    apply: (x) => cumsum(x, 0),
    tolerance: exact,
    dtype: "i32",
    expected: [16777216, 16777217, 16777218],
    withoutGradient: true,
  },
  {
    name: "bool counts as i32",
    inputs: [{ shape: [4], values: [1, 0, 1, 1], dtype: "bool" }],
    apply: (x) => cumsum(x, 0),
    tolerance: exact,
    dtype: "i32",
    expected: [1, 1, 2, 3],
    withoutGradient: true,
  },
  { name: "a scalar", inputs: [{ shape: [] }], apply: (x) => cumsum(x, 0), tolerance: exact, shape: [] },
  {
    name: "nothing",
    inputs: [{ shape: [2, 0] }],
    apply: (x) => cumsum(x, 1),
    tolerance: exact,
    shape: [2, 0],
  },
]);

testErrors("cumsum", [
  {
    name: "an axis out of range",
    run: () => cumsum(inputNode([2, 3], "f32"), 2),
    error: ShapeError,
    text: "cumsum: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "a fraction of an axis",
    run: () => cumsum(inputNode([2, 3], "f32"), 0.5),
    error: ShapeError,
    text: "cumsum: axis 0.5 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "a scalar's second axis",
    run: () => cumsum(inputNode([], "f32"), 1),
    error: ShapeError,
    text: "cumsum: axis 1 is out of range for 1 axes; it must be a whole number in -1..0.",
  },
]);
