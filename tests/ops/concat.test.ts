import { ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { concat, mul, slice, transpose } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { exact, sums, ulps } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("concat", [
  {
    name: "rows",
    inputs: [given([1, 2, 3]), given([4, 5])],
    apply: (...list) => concat(list),
    tolerance: exact,
    expected: [1, 2, 3, 4, 5],
    dy: [1, 2, 3, 4, 5],
    expectedGradients: [
      [1, 2, 3],
      [4, 5],
    ],
    secondGradient: true,
  },
  {
    name: "columns",
    inputs: [
      { shape: [2, 1], values: [1, 2] },
      { shape: [2, 2], values: [3, 4, 5, 6] },
    ],
    apply: (...list) => concat(list, { axis: 1 }),
    tolerance: exact,
    shape: [2, 3],
    expected: [1, 3, 4, 2, 5, 6],
  },
  {
    name: "whole quads along the last axis",
    inputs: [{ shape: [3, 8] }, { shape: [3, 4] }],
    apply: (...list) => concat(list, { axis: -1 }),
    tolerance: exact,
    shape: [3, 12],
  },
  {
    name: "a middle axis",
    inputs: [{ shape: [2, 3, 5] }, { shape: [2, 1, 5] }],
    apply: (...list) => concat(list, { axis: 1 }),
    tolerance: exact,
    shape: [2, 4, 5],
    secondGradient: true,
  },
  {
    name: "five of different lengths",
    inputs: [{ shape: [1, 2] }, { shape: [3, 2] }, { shape: [2, 2] }, { shape: [5, 2] }, { shape: [1, 2] }],
    apply: (...list) => concat(list),
    tolerance: exact,
    shape: [12, 2],
    secondGradient: true,
  },
  { name: "one alone", inputs: [{ shape: [3] }], apply: (x) => concat([x]), tolerance: exact, shape: [3] },
  {
    name: "one and nothing",
    inputs: [{ shape: [3, 0] }, { shape: [3, 2] }, { shape: [3, 0] }],
    apply: (...list) => concat(list, { axis: 1 }),
    tolerance: exact,
    shape: [3, 2],
    secondGradient: true,
  },
  {
    name: "nothing and nothing",
    inputs: [{ shape: [0, 2] }, { shape: [0, 3] }],
    apply: (...list) => concat(list, { axis: 1 }),
    tolerance: exact,
    shape: [0, 5],
  },
  {
    name: "a value with itself",
    inputs: [{ shape: [5] }],
    apply: (x) => concat([x, x]),
    tolerance: exact,
    gradientTolerance: sums(2),
  },
  {
    name: "views",
    inputs: [{ shape: [4, 3] }, { shape: [9, 4] }],
    apply: (a, b) => concat([transpose(a), slice(b, { steps: [-2] })]),
    tolerance: exact,
    shape: [8, 4],
  },
  {
    name: "computed values",
    inputs: [{ shape: [2, 5] }, { shape: [2, 3] }],
    apply: (a, b) => mul(concat([mul(a, 2), mul(b, 3)], { axis: 1 }), 0.5),
    tolerance: ulps(1),
    shape: [2, 8],
  },
  {
    name: "large i32",
    inputs: [given([16777217], "i32"), given([-16777219, 3], "i32")],
    apply: (...list) => concat(list),
    tolerance: exact,
    dtype: "i32",
    expected: [16777217, -16777219, 3],
    withoutGradient: true,
  },
  {
    name: "large u32",
    inputs: [given([4294967295], "u32"), given([16777217], "u32")],
    apply: (...list) => concat(list),
    tolerance: exact,
    dtype: "u32",
    expected: [4294967295, 16777217],
    withoutGradient: true,
  },
  {
    name: "bool",
    inputs: [given([1, 0], "bool"), given([1], "bool")],
    apply: (...list) => concat(list),
    tolerance: exact,
    dtype: "bool",
    expected: [1, 0, 1],
    withoutGradient: true,
  },
  {
    name: "dtypes promote",
    inputs: [given([1, 0], "bool"), given([-7], "i32"), given([0.5])],
    apply: (...list) => concat(list),
    tolerance: exact,
    dtype: "f32",
    expected: [1, 0, -7, 0.5],
  },
]);

testErrors("concat", [
  {
    name: "nothing at all",
    run: () => concat([]),
    error: UsageError,
    text: "concat: the list is empty; it must hold at least one tensor.",
  },
  {
    name: "another size off the axis",
    run: () => concat([inputNode([2, 3], "f32"), inputNode([2, 4], "f32")]),
    error: ShapeError,
    text: "concat: [2, 3] and [2, 4] do not fit; all sizes but that of axis 0 must be equal.",
  },
  {
    name: "another rank",
    run: () => concat([inputNode([2, 3], "f32"), inputNode([2], "f32")], { axis: -1 }),
    error: ShapeError,
    text: "concat: [2, 3] and [2] do not fit; all sizes but that of axis 1 must be equal.",
  },
  {
    name: "scalars",
    run: () => concat([inputNode([], "f32"), inputNode([], "f32")]),
    error: ShapeError,
    text: "concat: axis 0 is out of range for 0 axes; a scalar has no axes.",
  },
]);
