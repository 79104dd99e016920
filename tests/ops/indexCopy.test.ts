import { DtypeError, ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { add, cast, indexCopy, mul, permute, relu, transpose } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

function rows(...values: number[]) {
  return { shape: [values.length], dtype: "i32", values } as const;
}

function whole(...shape: number[]) {
  return { shape, integers: true } as const;
}

testOp("indexCopy", [
  {
    name: "two rows of a vector",
    inputs: [given([1, 2, 3, 4, 5]), rows(3, 0), given([7, 8])],
    apply: (x, index, source) => indexCopy(x, 0, index, source),
    tolerance: exact,
    expected: [8, 2, 3, 7, 5],
    dy: [1, 2, 3, 4, 5],
    expectedGradients: [
      [0, 2, 3, 0, 5],
      [4, 1],
    ],
    secondGradient: true,
  },
  {
    name: "outside writes nothing, and of equal indices the last counts",
    inputs: [given([1, 2, 3]), rows(1, -1, 2, 3, 1, 2147483647, -2147483648), given([4, 5, 6, 7, 8, 9, 10])],
    apply: (x, index, source) => indexCopy(x, 0, index, source),
    tolerance: exact,
    expected: [1, 8, 6],
    dy: [1, 2, 3],
    expectedGradients: [
      [1, 0, 0],
      [0, 0, 3, 0, 2, 0, 0],
    ],
    secondGradient: true,
  },
  {
    name: "a cache's rows, in whole quads",
    inputs: [{ shape: [2, 3, 5, 8] }, rows(4, 1), { shape: [2, 3, 2, 8] }],
    apply: (x, index, source) => indexCopy(x, 2, index, source),
    tolerance: exact,
    shape: [2, 3, 5, 8],
    secondGradient: true,
  },
  {
    name: "odd sizes, counted from the end",
    inputs: [{ shape: [3, 7, 5] }, rows(6, 2, 0, 2, 9), { shape: [3, 5, 5] }],
    apply: (x, index, source) => indexCopy(x, -2, index, source),
    tolerance: exact,
    shape: [3, 7, 5],
  },
  {
    name: "the last axis, from a permuted source",
    inputs: [{ shape: [4, 6] }, rows(5, 0, 3), { shape: [3, 4] }],
    apply: (x, index, source) => indexCopy(x, 1, index, transpose(source)),
    tolerance: exact,
    shape: [4, 6],
  },
  {
    name: "heads of a sequence, of a cache seen permuted",
    inputs: [{ shape: [2, 6, 3, 4] }, rows(2, 3), { shape: [2, 2, 3, 4] }],
    apply: (x, index, source) => indexCopy(permute(x, [0, 2, 1, 3]), 2, index, permute(source, [0, 2, 1, 3])),
    tolerance: exact,
    shape: [2, 3, 6, 4],
  },
  {
    name: "computed x, index and source, and work on the result",
    inputs: [whole(5, 4), rows(0, 2), { ...whole(2, 4), low: -8, high: 8 }, whole(5, 4)],
    apply: (x, index, source, other) =>
      relu(add(indexCopy(mul(x, 2), 0, add(index, 1), mul(source, 0.5)), other)),
    tolerance: exact,
    shape: [5, 4],
    withoutGradient: true,
  },
  {
    name: "x is also the source",
    inputs: [{ shape: [3, 3] }, rows(2, 0, 1)],
    apply: (x, index) => indexCopy(x, 0, index, x),
    tolerance: exact,
    shape: [3, 3],
  },
  {
    name: "one after the other, the first read as well",
    inputs: [given([1, 2, 3]), rows(1), given([5]), rows(0, 2), given([6, 7])],
    apply: (x, first, a, second, b) => {
      const once = indexCopy(x, 0, first, a);
      return add(indexCopy(once, 0, second, b), once);
    },
    tolerance: exact,
    expected: [7, 10, 10],
  },
  {
    name: "no row",
    inputs: [given([1, 2, 3]), { shape: [0], dtype: "i32" }, { shape: [0] }],
    apply: (x, index, source) => indexCopy(x, 0, index, source),
    tolerance: exact,
    expected: [1, 2, 3],
  },
  {
    name: "into nothing",
    inputs: [{ shape: [0, 2] }, rows(0), { shape: [1, 2] }],
    apply: (x, index, source) => indexCopy(x, 0, index, source),
    tolerance: exact,
    shape: [0, 2],
  },
  {
    name: "large i32, by u32 indices",
    inputs: [given([1, 2, 3], "i32"), given([2], "u32"), given([16777217], "i32")],
    apply: (x, index, source) => indexCopy(x, 0, index, source),
    tolerance: exact,
    dtype: "i32",
    expected: [1, 2, 16777217],
    withoutGradient: true,
  },
  {
    name: "bool",
    inputs: [given([0, 0, 1, 1], "bool"), rows(3, 0), given([0, 1], "bool")],
    apply: (x, index, source) => indexCopy(x, 0, index, source),
    tolerance: exact,
    dtype: "bool",
    expected: [1, 0, 1, 0],
    withoutGradient: true,
  },
  {
    name: "f32 rows named by a cast",
    inputs: [given([1, 2, 3]), given([1.7]), given([9])],
    apply: (x, index, source) => indexCopy(x, 0, cast(index, "i32"), source),
    tolerance: exact,
    expected: [1, 9, 3],
    withoutGradient: true,
  },
]);

const x = inputNode([2, 5, 3], "f32");

testErrors("indexCopy", [
  {
    name: "a source of another shape",
    run: () => indexCopy(x, 1, inputNode([2], "i32"), inputNode([2, 3, 3], "f32")),
    error: ShapeError,
    text: "indexCopy: source is [2, 3, 3] for x [2, 5, 3] and 2 indices along axis 1; it must be [2, 2, 3].",
  },
  {
    name: "an index of two axes",
    run: () => indexCopy(x, 1, inputNode([2, 1], "i32"), inputNode([2, 2, 3], "f32")),
    error: ShapeError,
    text: "indexCopy: index is [2, 1], which has 2 axes; it must have 1 [rows].",
  },
  {
    name: "an index of fractions",
    run: () => indexCopy(x, 1, inputNode([2], "f32"), inputNode([2, 2, 3], "f32")),
    error: DtypeError,
    text: "indexCopy: index has dtype f32; it must be i32 or u32.",
  },
  {
    name: "a source of another dtype",
    run: () => indexCopy(x, 1, inputNode([2], "i32"), inputNode([2, 2, 3], "i32")),
    error: DtypeError,
    text: "indexCopy: source has dtype i32; it must be f32.",
  },
  {
    name: "an axis out of range",
    run: () => indexCopy(x, 3, inputNode([2], "i32"), inputNode([2, 2, 3], "f32")),
    error: ShapeError,
    text: "indexCopy: axis 3 is out of range for 3 axes; it must be a whole number in -3..2.",
  },
]);
