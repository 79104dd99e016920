import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { sort, square, transpose } from "../../src/ops/index.ts";
import { exact, ulps } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("sort", [
  {
    name: "known values",
    inputs: [{ shape: [2, 3], values: [3, 1, 2, -5, 7, -6] }],
    apply: (x) => sort(x).values,
    tolerance: exact,
    shape: [2, 3],
    expected: [1, 2, 3, -6, -5, 7],
    dy: [1, 2, 3, 4, 5, 6],
    expectedGradients: [[3, 1, 2, 5, 6, 4]],
    secondGradient: true,
  },
  {
    name: "where they stood",
    inputs: [{ shape: [2, 3], values: [3, 1, 2, -5, 7, -6] }],
    apply: (x) => sort(x).indices,
    tolerance: exact,
    dtype: "i32",
    expected: [1, 2, 0, 2, 0, 1],
    withoutGradient: true,
  },
  {
    name: "ties keep their order, zeros are equal, NaN comes last",
    inputs: [{ shape: [10], values: [1, Number.NaN, -0, 0, -Infinity, 3, 1, 1, Infinity, Number.NaN] }],
    apply: (x) => sort(x).indices,
    tolerance: exact,
    expected: [4, 2, 3, 0, 6, 7, 5, 8, 1, 9],
    withoutGradient: true,
  },
  {
    name: "falling, ties in their order, NaN first",
    inputs: [{ shape: [10], values: [1, Number.NaN, -0, 0, -Infinity, 3, 1, 1, Infinity, Number.NaN] }],
    apply: (x) => sort(x, { descending: true }).indices,
    tolerance: exact,
    expected: [1, 9, 8, 5, 0, 6, 7, 2, 3, 4],
    withoutGradient: true,
  },
  {
    name: "a middle axis of a view",
    inputs: [{ shape: [5, 70, 3] }],
    apply: (x) => sort(transpose(x), { axis: 1, descending: true }).values,
    tolerance: exact,
    shape: [5, 3, 70],
  },
  {
    name: "computed values, along the first axis",
    inputs: [{ shape: [80, 3] }],
    apply: (x) => sort(square(x), { axis: 0 }).values,
    tolerance: ulps(1),
  },
  {
    name: "rows of several blocks",
    inputs: [{ shape: [2, 2100] }],
    apply: (x) => sort(x).values,
    tolerance: exact,
    shape: [2, 2100],
  },
  {
    name: "a long row of few values",
    inputs: [{ shape: [20000], dtype: "i32", low: -50, high: 50 }],
    apply: (x) => sort(x).indices,
    tolerance: exact,
    withoutGradient: true,
  },
  {
    name: "u32 beyond i32",
    inputs: [{ shape: [4], values: [4294967295, 1, 2147483648, 0], dtype: "u32" }],
    apply: (x) => sort(x).values,
    tolerance: exact,
    dtype: "u32",
    expected: [0, 1, 2147483648, 4294967295],
    withoutGradient: true,
  },
  {
    name: "bool",
    inputs: [{ shape: [4], values: [1, 0, 1, 0], dtype: "bool" }],
    apply: (x) => sort(x, { descending: true }).indices,
    tolerance: exact,
    expected: [0, 2, 1, 3],
    withoutGradient: true,
  },
  { name: "a scalar", inputs: [{ shape: [] }], apply: (x) => sort(x).values, tolerance: exact, shape: [] },
  {
    name: "nothing",
    inputs: [{ shape: [3, 0] }],
    apply: (x) => sort(x).values,
    tolerance: exact,
    shape: [3, 0],
  },
]);

testErrors("sort", [
  {
    name: "an axis out of range",
    run: () => sort(inputNode([2, 3], "f32"), { axis: 2 }),
    error: ShapeError,
    text: "sort: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "a fraction of an axis",
    run: () => sort(inputNode([2, 3], "f32"), { axis: 0.5 }),
    error: ShapeError,
    text: "sort: axis 0.5 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "a scalar's second axis",
    run: () => sort(inputNode([], "f32"), { axis: 1 }),
    error: ShapeError,
    text: "sort: axis 1 is out of range for 1 axes; it must be a whole number in -1..0.",
  },
]);
