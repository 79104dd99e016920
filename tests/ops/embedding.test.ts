import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { add, embedding, matmul, mul, slice, transpose } from "../../src/ops/index.ts";
import { embeddingGradient } from "../../src/ops/innerOps.ts";
import { given } from "./elementwiseCases.ts";
import { exact, sums } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

const table = { shape: [3, 2], values: [1, 2, 3, 4, 5, 6] };

testOp("embedding", [
  {
    name: "known values, one row twice",
    inputs: [given([2, 0, 2], "i32"), table],
    apply: (index, weight) => embedding(index, weight),
    tolerance: exact,
    shape: [3, 2],
    expected: [5, 6, 1, 2, 5, 6],
    dy: [1, 2, 4, 8, 16, 32],
    expectedGradients: [[4, 8, 0, 0, 17, 34]],
    secondGradient: true,
  },
  {
    name: "a padding row gets no gradient",
    inputs: [given([2, 0, 2, 1], "i32"), table],
    apply: (index, weight) => embedding(index, weight, { paddingIndex: 2 }),
    tolerance: exact,
    expected: [5, 6, 1, 2, 5, 6, 3, 4],
    dy: [1, 2, 4, 8, 16, 32, 64, 128],
    expectedGradients: [[4, 8, 64, 128, 0, 0]],
    secondGradient: true,
  },
  {
    name: "a padding row counted from the end",
    inputs: [given([2, 0], "i32"), table],
    apply: (index, weight) => embedding(index, weight, { paddingIndex: -1 }),
    tolerance: exact,
    dy: [1, 2, 4, 8],
    expectedGradients: [[4, 8, 0, 0, 0, 0]],
  },
  {
    name: "tokens that name no row",
    inputs: [given([3, -1, 1, 2147483647], "i32"), table],
    apply: (index, weight) => embedding(index, weight),
    tolerance: exact,
    expected: [Number.NaN, Number.NaN, Number.NaN, Number.NaN, 3, 4, Number.NaN, Number.NaN],
    dy: [1, 2, 4, 8, 16, 32, 64, 128],
    expectedGradients: [[0, 0, 16, 32, 0, 0]],
  },
  {
    name: "a batch of u32",
    inputs: [{ shape: [2, 7], dtype: "u32", low: 0, high: 11 }, { shape: [11, 12] }],
    apply: (index, weight) => embedding(index, weight),
    tolerance: exact,
    gradientTolerance: sums(14),
    shape: [2, 7, 12],
    secondGradient: true,
  },
  {
    name: "one token",
    inputs: [{ shape: [], dtype: "i32", values: [1] }, { shape: [5, 3] }],
    apply: (index, weight) => embedding(index, weight),
    tolerance: exact,
    shape: [3],
    secondGradient: true,
  },
  {
    name: "no token",
    inputs: [{ shape: [0, 2], dtype: "i32" }, { shape: [2, 3] }],
    apply: (index, weight) => embedding(index, weight),
    tolerance: exact,
    shape: [0, 2, 3],
    expectedGradients: [[0, 0, 0, 0, 0, 0]],
  },
  {
    name: "a transposed, cut table and transposed tokens",
    inputs: [{ shape: [3, 5], dtype: "i32", low: 0, high: 6 }, { shape: [7, 9] }],
    apply: (index, weight) =>
      embedding(transpose(index), slice(transpose(weight), { starts: [1], ends: [7] })),
    tolerance: exact,
    gradientTolerance: sums(15),
    shape: [5, 3, 7],
  },
  {
    name: "many tokens of few rows, in parts on a GPU",
    inputs: [
      { shape: [1500], dtype: "i32", low: 0, high: 7 },
      { shape: [7, 8], integers: true },
    ],
    apply: (index, weight) => embedding(index, weight),
    tolerance: exact,
    secondGradient: true,
  },
  {
    name: "many rows: tokens are sorted",
    inputs: [
      { shape: [3, 100], dtype: "i32", low: 0, high: 5000 },
      { shape: [5000, 4], integers: true },
    ],
    apply: (index, weight) => embedding(index, weight, { paddingIndex: 0 }),
    tolerance: exact,
  },
  {
    name: "so many tokens that they are sorted in blocks",
    inputs: [
      { shape: [17001], dtype: "i32", low: 0, high: 900 },
      { shape: [900, 1], integers: true },
    ],
    apply: (index, weight) => embedding(index, weight),
    tolerance: exact,
  },
  {
    name: "a table that is also the head",
    inputs: [
      { shape: [6], dtype: "i32", low: 0, high: 9 },
      { shape: [9, 4], integers: true },
    ],
    apply: (index, weight) => matmul(embedding(index, weight), transpose(weight)),
    tolerance: exact,
    shape: [6, 9],
    secondGradient: true,
  },
  {
    name: "tokens and positions, scaled",
    inputs: [
      { shape: [2, 3], dtype: "i32", low: 0, high: 5 },
      { shape: [5, 4], integers: true },
      { shape: [3, 4], integers: true },
    ],
    apply: (index, weight, positions) => add(mul(embedding(index, weight), 2), positions),
    tolerance: exact,
    shape: [2, 3, 4],
  },
]);

testOp("embeddingGradient", [
  {
    name: "adds up the rows of equal tokens",
    inputs: [{ shape: [4, 2], values: [1, 2, 4, 8, 16, 32, 64, 128] }, given([2, 0, 2, 5], "i32")],
    apply: (dy, index) => embeddingGradient(dy, index, 4),
    tolerance: exact,
    shape: [4, 2],
    expected: [4, 8, 0, 0, 17, 34, 0, 0],
    dy: [1, 2, 3, 4, 5, 6, 7, 8],
    expectedGradients: [[5, 6, 1, 2, 5, 6, Number.NaN, Number.NaN]],
  },
  {
    name: "drawn",
    inputs: [{ shape: [9, 5] }, { shape: [9], dtype: "i32", low: 0, high: 4 }],
    apply: (dy, index) => embeddingGradient(dy, index, 4, { paddingIndex: 1 }),
    tolerance: sums(9),
    gradientTolerance: exact,
    secondGradient: true,
    secondTolerance: sums(9),
  },
]);

testErrors("embedding", [
  {
    name: "tokens of fractions",
    run: () => embedding(inputNode([2], "f32"), inputNode([3, 2], "f32")),
    error: DtypeError,
    text: "embedding: index has dtype f32; it must be i32 or u32.",
  },
  {
    name: "a table of integers",
    run: () => embedding(inputNode([2], "i32"), inputNode([3, 2], "i32")),
    error: DtypeError,
    text: "embedding: weight has dtype i32; it must be f32 or f16.",
  },
  {
    name: "a table of one axis",
    run: () => embedding(inputNode([2], "i32"), inputNode([3], "f32")),
    error: ShapeError,
    text: "embedding: weight is [3], which has 1 axes; it must have 2 [rows, dim].",
  },
  {
    name: "a padding row that is none",
    run: () => embedding(inputNode([2], "i32"), inputNode([3, 2], "f32"), { paddingIndex: 3 }),
    error: UsageError,
    text: "embedding: paddingIndex is 3 for 3 rows; it must be a whole number from -3 to 2.",
  },
  {
    name: "a gradient of another count",
    run: () => embeddingGradient(inputNode([2, 4], "f32"), inputNode([3], "i32"), 5),
    error: ShapeError,
    text: "embeddingGradient: index is [3] for dy [2, 4]; it must be [2].",
  },
]);
