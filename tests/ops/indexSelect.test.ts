import { DtypeError, ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { indexSelect, transpose } from "../../src/ops/index.ts";
import { exact, sums } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("indexSelect", [
  {
    name: "columns, one of them twice",
    inputs: [
      { shape: [2, 3], values: [1, 2, 3, 4, 5, 6] },
      { shape: [3], values: [2, 0, 2], dtype: "i32" },
    ],
    apply: (x, index) => indexSelect(x, 1, index),
    tolerance: exact,
    shape: [2, 3],
    expected: [3, 1, 3, 6, 4, 6],
    dy: [1, 2, 4, 8, 16, 32],
    expectedGradients: [[2, 0, 5, 16, 0, 40]],
    secondGradient: true,
  },
  {
    name: "rows of a cube",
    inputs: [{ shape: [5, 3, 2] }, { shape: [7], dtype: "i32", low: 0, high: 5 }],
    apply: (x, index) => indexSelect(x, 0, index),
    tolerance: exact,
    shape: [7, 3, 2],
    gradientTolerance: sums(7),
    secondGradient: true,
  },
  {
    name: "of a transposed view",
    inputs: [{ shape: [4, 3] }, { shape: [5], dtype: "i32", low: 0, high: 3 }],
    apply: (x, index) => indexSelect(transpose(x), 0, index),
    tolerance: exact,
    shape: [5, 4],
    gradientTolerance: sums(5),
  },
  {
    name: "out of range",
    inputs: [
      { shape: [3], values: [1, 2, 3] },
      { shape: [3], values: [-1, 3, 1], dtype: "i32" },
    ],
    apply: (x, index) => indexSelect(x, 0, index),
    tolerance: exact,
    expected: [Number.NaN, Number.NaN, 2],
    dy: [1, 2, 4],
    expectedGradients: [[0, 4, 0]],
  },
  {
    name: "whole numbers",
    inputs: [
      { shape: [2, 2], values: [16777217, 2, 3, -16777217], dtype: "i32" },
      { shape: [3], values: [1, 0, 1], dtype: "i32" },
    ],
    apply: (x, index) => indexSelect(x, 1, index),
    tolerance: exact,
    dtype: "i32",
    expected: [2, 16777217, 2, -16777217, 3, -16777217],
    withoutGradient: true,
  },
  {
    name: "none",
    inputs: [{ shape: [2, 3] }, { shape: [0], values: [], dtype: "i32" }],
    apply: (x, index) => indexSelect(x, 1, index),
    tolerance: exact,
    shape: [2, 0],
  },
]);

const index = inputNode([2], "i32");

testErrors("indexSelect", [
  {
    name: "an index of fractions",
    run: () => indexSelect(inputNode([2, 3], "f32"), 0, inputNode([2], "f32")),
    error: DtypeError,
    text: "indexSelect: index has dtype f32; it must be i32 or u32.",
  },
  {
    name: "a matrix of indices",
    run: () => indexSelect(inputNode([2, 3], "f32"), 0, inputNode([2, 2], "i32")),
    error: ShapeError,
    text: "indexSelect: index is [2, 2], which has 2 axes; it must have 1 [n].",
  },
  {
    name: "an axis out of range",
    run: () => indexSelect(inputNode([2, 3], "f32"), 2, index),
    error: ShapeError,
    text: "indexSelect: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "a scalar",
    run: () => indexSelect(inputNode([], "f32"), 0, index),
    error: ShapeError,
    text: "indexSelect: axis 0 is out of range for 0 axes; a scalar has no axes.",
  },
]);
