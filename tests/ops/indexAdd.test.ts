import { DtypeError, ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { indexAdd } from "../../src/ops/index.ts";
import { exact, sums } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("indexAdd", [
  {
    name: "rows, two to one",
    inputs: [
      { shape: [3, 2], values: [1, 2, 3, 4, 5, 6] },
      { shape: [3], values: [2, 0, 2], dtype: "i32" },
      { shape: [3, 2], values: [10, 20, 30, 40, 50, 60] },
    ],
    apply: (x, index, source) => indexAdd(x, 0, index, source),
    tolerance: sums(3),
    expected: [31, 42, 3, 4, 65, 86],
    dy: [1, 2, 3, 4, 5, 6],
    expectedGradients: [
      [1, 2, 3, 4, 5, 6],
      [5, 6, 1, 2, 5, 6],
    ],
  },
  {
    name: "columns, twice as much",
    inputs: [{ shape: [3, 5] }, { shape: [7], dtype: "i32", low: 0, high: 5 }, { shape: [3, 7] }],
    apply: (x, index, source) => indexAdd(x, 1, index, source, { alpha: 2 }),
    tolerance: sums(8),
    shape: [3, 5],
    secondGradient: true,
  },
  {
    name: "out of range",
    inputs: [
      { shape: [2], values: [1, 2] },
      { shape: [3], values: [-1, 1, 2], dtype: "i32" },
      { shape: [3], values: [5, 6, 7] },
    ],
    apply: (x, index, source) => indexAdd(x, 0, index, source),
    tolerance: exact,
    expected: [1, 8],
    dy: [1, 2],
    expectedGradients: [
      [1, 2],
      [0, 2, 0],
    ],
  },
  {
    name: "whole numbers, exactly",
    inputs: [
      { shape: [2], values: [16777216, 1], dtype: "i32" },
      { shape: [3], values: [0, 0, 1], dtype: "i32" },
      { shape: [3], values: [1, 2, 3], dtype: "i32" },
    ],
    apply: (x, index, source) => indexAdd(x, 0, index, source),
    tolerance: exact,
    dtype: "i32",
    expected: [16777219, 4],
    withoutGradient: true,
  },
  {
    name: "none",
    inputs: [{ shape: [2, 3] }, { shape: [0], values: [], dtype: "i32" }, { shape: [0, 3] }],
    apply: (x, index, source) => indexAdd(x, 0, index, source),
    tolerance: exact,
    shape: [2, 3],
  },
]);

const index = inputNode([2], "i32");

testErrors("indexAdd", [
  {
    name: "another source",
    run: () => indexAdd(inputNode([2, 3], "f32"), 0, index, inputNode([3, 3], "f32")),
    error: ShapeError,
    text: "indexAdd: source is [3, 3] for x [2, 3] and 2 indices along axis 0; it must be [2, 3].",
  },
  {
    name: "another dtype",
    run: () => indexAdd(inputNode([2, 3], "f32"), 0, index, inputNode([2, 3], "i32")),
    error: DtypeError,
    text: "indexAdd: source has dtype i32; it must be f32.",
  },
  {
    name: "an index of fractions",
    run: () => indexAdd(inputNode([2, 3], "f32"), 0, inputNode([2], "f32"), inputNode([2, 3], "f32")),
    error: DtypeError,
    text: "indexAdd: index has dtype f32; it must be i32 or u32.",
  },
  {
    name: "a matrix of indices",
    run: () => indexAdd(inputNode([2, 3], "f32"), 0, inputNode([2, 2], "i32"), inputNode([2, 3], "f32")),
    error: ShapeError,
    text: "indexAdd: index is [2, 2], which has 2 axes; it must have 1 [n].",
  },
  {
    name: "an axis out of range",
    run: () => indexAdd(inputNode([2, 3], "f32"), 2, index, inputNode([2, 3], "f32")),
    error: ShapeError,
    text: "indexAdd: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
]);
