import { DtypeError, ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import {
  add,
  broadcastTo,
  matmul,
  mul,
  permute,
  relu,
  reshape,
  slice,
  transpose,
} from "../../src/ops/index.ts";
import { exact, sums } from "./families.ts";
import type { InputSpec, OpCase } from "./opCase.ts";
import { testErrors, testOp } from "./testOp.ts";

function whole(...shape: number[]): InputSpec {
  return { shape, integers: true, low: -4, high: 5 };
}

/** A product of whole numbers, which must be right to the last bit. */
function product(name: string, a: readonly number[], b: readonly number[], shape: readonly number[]): OpCase {
  return {
    name,
    inputs: [whole(...a), whole(...b)],
    apply: (x, y) => matmul(x, y),
    tolerance: exact,
    shape,
  };
}

function transposedProduct(a: boolean, b: boolean): OpCase["apply"] {
  return (x, y) => matmul(a ? transpose(x) : x, b ? transpose(y) : y);
}

testOp("matmul", [
  {
    name: "known values",
    inputs: [
      { shape: [2, 3], values: [1, 2, 3, 4, 5, 6] },
      { shape: [3, 2], values: [1, 0, -1, 2, 0.5, 1] },
    ],
    apply: (a, b) => matmul(a, b),
    tolerance: exact,
    expected: [0.5, 7, 2, 16],
    dy: [1, 0, 0, 2],
    expectedGradients: [
      [1, -1, 0.5, 0, 4, 2],
      [1, 8, 2, 10, 3, 12],
    ],
  },
  { ...product("odd sizes", [7, 11], [11, 13], [7, 13]), secondGradient: true },
  product("one by one", [1, 1], [1, 1], [1, 1]),
  product("a row times a matrix", [1, 13], [13, 5], [1, 5]),
  product("a matrix times a column", [13, 7], [7, 1], [13, 1]),
  product("a column times a row", [9, 1], [1, 6], [9, 6]),
  { ...product("a vector times a matrix", [13], [13, 5], [5]), secondGradient: true },
  product("a matrix times a vector", [13, 7], [7], [13]),
  { ...product("two vectors", [17], [17], []), secondGradient: true },
  product("few rows", [3, 40], [40, 50], [3, 50]),
  product("few columns", [50, 40], [40, 6], [50, 6]),
  product("whole tiles", [32, 16], [16, 64], [32, 64]),
  product("more than a tile on every side", [67, 35], [35, 41], [67, 41]),
  { ...product("enough for the large tiles", [520, 9], [9, 530], [520, 530]), withoutGradient: true },
  ...[
    { name: "as they are", a: [207, 203], b: [203, 205], apply: transposedProduct(false, false) },
    { name: "a stored transposed", a: [203, 207], b: [203, 205], apply: transposedProduct(true, false) },
    { name: "b stored transposed", a: [207, 203], b: [205, 203], apply: transposedProduct(false, true) },
    { name: "both stored transposed", a: [203, 207], b: [205, 203], apply: transposedProduct(true, true) },
  ].map(({ name, a, b, apply }) => ({
    ...product(`large and odd, ${name}`, a, b, [207, 205]),
    apply,
    withoutGradient: true as const,
  })),
  product("a long inner size, which is cut", [9, 1100], [1100, 10], [9, 10]),
  product("a long inner size against a vector", [8200], [8200, 3], [3]),
  product("no rows", [0, 3], [3, 5], [0, 5]),
  product("no columns", [2, 3], [3, 0], [2, 0]),
  { ...product("an empty inner size gives zeros", [2, 0], [0, 3], [2, 3]), expected: [0, 0, 0, 0, 0, 0] },
  { ...product("two empty vectors", [0], [0], []), expected: [0] },
  { ...product("a batch", [3, 5, 4], [3, 4, 2], [3, 5, 2]), secondGradient: true },
  product("a batch of few rows", [3, 2, 9], [3, 9, 20], [3, 2, 20]),
  { ...product("one matrix for a batch, on the right", [3, 5, 4], [4, 2], [3, 5, 2]), secondGradient: true },
  { ...product("one matrix for a batch, on the left", [5, 4], [3, 4, 2], [3, 5, 2]), secondGradient: true },
  product("a batch times a vector", [3, 5, 4], [4], [3, 5]),
  product("a vector times a batch", [4], [3, 4, 2], [3, 2]),
  product("a batch of one against a batch", [1, 5, 4], [3, 4, 2], [3, 5, 2]),
  product("two batch axes that broadcast both ways", [2, 1, 5, 4], [3, 4, 2], [2, 3, 5, 2]),
  product("a batch axis of one in front", [1, 3, 5, 4], [4, 2], [1, 3, 5, 2]),
  product("an empty batch", [0, 5, 4], [0, 4, 2], [0, 5, 2]),
  product("an empty batch against one matrix", [0, 5, 4], [4, 2], [0, 5, 2]),
  product("one matrix against an empty batch", [5, 4], [0, 4, 2], [0, 5, 2]),
  {
    name: "a transposed left side",
    inputs: [whole(11, 7), whole(11, 13)],
    apply: (a, b) => matmul(transpose(a), b),
    tolerance: exact,
    shape: [7, 13],
    secondGradient: true,
  },
  {
    name: "a transposed right side",
    inputs: [whole(7, 11), whole(13, 11)],
    apply: (a, b) => matmul(a, transpose(b)),
    tolerance: exact,
    shape: [7, 13],
    secondGradient: true,
  },
  {
    name: "both sides transposed",
    inputs: [whole(36, 40), whole(44, 36)],
    apply: (a, b) => matmul(transpose(a), transpose(b)),
    tolerance: exact,
    shape: [40, 44],
  },
  {
    name: "both sides transposed, few rows",
    inputs: [whole(36, 4), whole(44, 36)],
    apply: (a, b) => matmul(transpose(a), transpose(b)),
    tolerance: exact,
    shape: [4, 44],
  },
  {
    name: "transposed, with a long inner size",
    inputs: [whole(1100, 10), whole(1100, 9)],
    apply: (a, b) => matmul(transpose(a), b),
    tolerance: exact,
    shape: [10, 9],
  },
  {
    name: "a batch of transposed matrices",
    inputs: [whole(3, 5, 4), whole(3, 5, 6)],
    apply: (a, b) => matmul(transpose(a), b),
    tolerance: exact,
    shape: [3, 4, 6],
  },
  {
    name: "heads of an attention",
    inputs: [whole(2, 5, 12), whole(2, 5, 12)],
    apply: (query, key) =>
      matmul(
        permute(reshape(query, [2, 5, 3, 4]), [0, 2, 1, 3]),
        permute(reshape(key, [2, 5, 3, 4]), [0, 2, 3, 1]),
      ),
    tolerance: exact,
    shape: [2, 3, 5, 5],
  },
  {
    name: "a matrix with itself transposed",
    inputs: [whole(9, 6)],
    apply: (a) => matmul(a, transpose(a)),
    tolerance: exact,
    shape: [9, 9],
    secondGradient: true,
  },
  {
    name: "slices and stretched sides",
    inputs: [whole(10, 9), whole(1, 6)],
    apply: (a, b) => matmul(slice(a, { starts: [1], steps: [2, -2] }), broadcastTo(b, [5, 6])),
    tolerance: exact,
    shape: [5, 6],
  },
  {
    name: "computed sides, a bias and an activation",
    inputs: [whole(6, 10), whole(10, 8), whole(8)],
    apply: (a, b, bias) => relu(add(matmul(mul(a, 2), mul(b, 0.5)), bias)),
    tolerance: exact,
    shape: [6, 8],
    withoutGradient: true,
  },
  {
    name: "fractions",
    inputs: [{ shape: [19, 70] }, { shape: [70, 23] }],
    apply: (a, b) => matmul(a, b),
    tolerance: sums(70),
  },
  {
    name: "fractions over a long inner size",
    inputs: [{ shape: [9, 1300] }, { shape: [1300, 3] }],
    apply: (a, b) => matmul(a, b),
    tolerance: sums(1300),
  },
  {
    name: "infinities and no number stay in their rows",
    inputs: [
      { shape: [3, 2], values: [1, 2, Infinity, 1, Number.NaN, 1] },
      { shape: [2, 2], values: [1, 2, 3, -4] },
    ],
    apply: (a, b) => matmul(a, b),
    tolerance: exact,
    expected: [7, -6, Infinity, Infinity, Number.NaN, Number.NaN],
    withoutGradient: true,
  },
]);

testErrors("matmul", [
  {
    name: "inner sizes that differ",
    run: () => matmul(inputNode([64, 128], "f32"), inputNode([256, 64], "f32")),
    error: ShapeError,
    text: "matmul: inner sizes differ, a is [64, 128] and b is [256, 64]; a's last size must equal b's second-last.",
  },
  {
    name: "a vector of another length",
    run: () => matmul(inputNode([4, 3], "f32"), inputNode([4], "f32")),
    error: ShapeError,
    text: "matmul: inner sizes differ, a is [4, 3] and b is [4]; a's last size must equal b's only.",
  },
  {
    name: "batches that do not broadcast",
    run: () => matmul(inputNode([2, 3, 4], "f32"), inputNode([5, 4, 3], "f32")),
    error: ShapeError,
    text: "matmul: shapes [2] and [5] do not broadcast; sizes, aligned at the last axis, must be equal or 1.",
  },
  {
    name: "a scalar",
    run: () => matmul(inputNode([], "f32"), inputNode([3], "f32")),
    error: ShapeError,
    text: "matmul: a is a scalar; it must have at least one axis.",
  },
  {
    name: "integers",
    run: () => matmul(inputNode([2, 2], "f32"), inputNode([2, 2], "i32")),
    error: DtypeError,
    text: "matmul: b has dtype i32; it must be f32 or f16.",
  },
]);
