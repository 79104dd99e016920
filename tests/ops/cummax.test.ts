import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { cummax, cummin, transpose } from "../../src/ops/index.ts";
import { exact, normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("cummax", [
  {
    name: "known values",
    inputs: [{ shape: [2, 4], values: [1, 3, 2, 3, 0, -1, 5, 4] }],
    apply: (x) => cummax(x, 1).values,
    tolerance: exact,
    expected: [1, 3, 3, 3, 0, 0, 5, 5],
    dy: [1, 2, 4, 8, 16, 32, 64, 128],
    expectedGradients: [[1, 6, 0, 8, 48, 0, 192, 0]],
  },
  {
    name: "the last of equal ones, from NaN on NaN",
    inputs: [{ shape: [2, 6], values: [1, 3, 3, -1, Number.NaN, 5, 2, -0, 0, -Infinity, Infinity, 1] }],
    apply: (x) => cummax(x, 1).indices,
    tolerance: exact,
    dtype: "i32",
    expected: [0, 1, 2, 2, 4, 4, 0, 0, 0, 0, 4, 4],
    withoutGradient: true,
  },
  {
    name: "values with NaN",
    inputs: [{ shape: [2, 6], values: [1, 3, 3, -1, Number.NaN, 5, 2, -0, 0, -Infinity, Infinity, 1] }],
    apply: (x) => cummax(x, 1).values,
    tolerance: exact,
    expected: [1, 3, 3, 3, Number.NaN, Number.NaN, 2, 2, 2, 2, Infinity, Infinity],
    withoutGradient: true,
  },
  {
    name: "a middle axis",
    inputs: [{ shape: [3, 40, 5] }],
    apply: (x) => cummax(x, 1).values,
    tolerance: exact,
    gradientTolerance: normalised,
    secondGradient: true,
  },
  {
    name: "one long row, in blocks, many ties",
    inputs: [{ shape: [17001], dtype: "i32", low: -4000, high: 9 }],
    apply: (x) => cummax(x, 0).indices,
    tolerance: exact,
    withoutGradient: true,
  },
]);

testOp("cummin", [
  {
    name: "known values",
    inputs: [{ shape: [2, 6], values: [1, 3, 3, -1, Number.NaN, 5, 2, -0, 0, -Infinity, Infinity, 1] }],
    apply: (x) => cummin(x, 1).indices,
    tolerance: exact,
    expected: [0, 0, 0, 3, 4, 4, 0, 1, 2, 3, 3, 3],
    withoutGradient: true,
  },
  {
    name: "rows of a view",
    inputs: [{ shape: [80, 3] }],
    apply: (x) => cummin(transpose(x), 1).values,
    tolerance: exact,
    shape: [3, 80],
    gradientTolerance: normalised,
  },
  {
    name: "u32",
    inputs: [{ shape: [3], values: [4294967295, 7, 8], dtype: "u32" }],
    apply: (x) => cummin(x, 0).values,
    tolerance: exact,
    dtype: "u32",
    expected: [4294967295, 7, 7],
    withoutGradient: true,
  },
  {
    name: "nothing",
    inputs: [{ shape: [0, 3] }],
    apply: (x) => cummin(x, 1).values,
    tolerance: exact,
    shape: [0, 3],
  },
]);

testErrors("cummax", [
  {
    name: "an axis out of range",
    run: () => cummax(inputNode([2, 3], "f32"), 2),
    error: ShapeError,
    text: "cummax: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "a fraction of an axis",
    run: () => cummax(inputNode([2, 3], "f32"), 0.5),
    error: ShapeError,
    text: "cummax: axis 0.5 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "an axis out of range",
    run: () => cummin(inputNode([2, 3], "f32"), 2),
    error: ShapeError,
    text: "cummin: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "a fraction of an axis",
    run: () => cummin(inputNode([2, 3], "f32"), 0.5),
    error: ShapeError,
    text: "cummin: axis 0.5 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
]);
