import { DtypeError, ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { greater, transpose, where } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { exact, sums } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("where", [
  {
    name: "known values; what is not chosen does not leak",
    inputs: [given([1, 0, 1], "bool"), given([1, Number.NaN, -Infinity]), given([Number.NaN, 5, Infinity])],
    apply: (condition, a, b) => where(condition, a, b),
    tolerance: exact,
    expected: [1, 5, -Infinity],
    dy: [2, 3, 4],
    expectedGradients: [
      [2, 0, 4],
      [0, 3, 0],
    ],
  },
  {
    name: "numbers on both sides",
    inputs: [given([1, 0], "bool")],
    apply: (condition) => where(condition, 7, -3),
    tolerance: exact,
    dtype: "i32",
    expected: [7, -3],
    withoutGradient: true,
  },
  {
    name: "fractions on both sides",
    inputs: [given([1, 0], "bool")],
    apply: (condition) => where(condition, 0.5, 2),
    tolerance: exact,
    dtype: "f32",
    expected: [0.5, 2],
    withoutGradient: true,
  },
  {
    name: "a number beside a tensor",
    inputs: [given([1, 0], "bool"), given([4, 5], "u32")],
    apply: (condition, a) => where(condition, 9, a),
    tolerance: exact,
    dtype: "u32",
    expected: [9, 5],
    withoutGradient: true,
  },
  {
    name: "dtypes promote",
    inputs: [given([1, 0], "bool"), given([4, 5], "i32"), given([0.5, 1.5])],
    apply: (condition, a, b) => where(condition, a, b),
    tolerance: exact,
    dtype: "f32",
    expected: [4, 1.5],
  },
  {
    name: "large i32",
    inputs: [given([1, 0], "bool"), given([16777217, 0], "i32"), given([0, -16777217], "i32")],
    apply: (condition, a, b) => where(condition, a, b),
    tolerance: exact,
    expected: [16777217, -16777217],
    withoutGradient: true,
  },
  {
    name: "bools",
    inputs: [given([1, 0, 1], "bool"), given([1, 1, 0], "bool"), given([0, 0, 1], "bool")],
    apply: (condition, a, b) => where(condition, a, b),
    tolerance: exact,
    dtype: "bool",
    expected: [1, 0, 0],
    withoutGradient: true,
  },
  {
    name: "all three broadcast",
    inputs: [{ shape: [4, 1, 1], dtype: "bool" }, { shape: [3, 1] }, { shape: [5] }],
    apply: (condition, a, b) => where(condition, a, b),
    tolerance: exact,
    gradientTolerance: sums(20),
    shape: [4, 3, 5],
  },
  {
    name: "a computed condition and a transposed side",
    inputs: [{ shape: [5, 7] }, { shape: [7, 5] }],
    apply: (a, b) => where(greater(a, 0), a, transpose(b)),
    tolerance: exact,
    secondGradient: true,
  },
  {
    name: "scalars",
    inputs: [{ shape: [], dtype: "bool", values: [0] }, { shape: [] }, { shape: [] }],
    apply: (condition, a, b) => where(condition, a, b),
    tolerance: exact,
    shape: [],
  },
  {
    name: "no element",
    inputs: [{ shape: [0, 2], dtype: "bool" }, { shape: [0, 2] }, { shape: [2] }],
    apply: (condition, a, b) => where(condition, a, b),
    tolerance: exact,
    gradientTolerance: sums(1),
    shape: [0, 2],
  },
]);

testErrors("where", [
  {
    name: "a condition that is no bool",
    run: () => where(inputNode([2], "f32"), 1, 0),
    error: DtypeError,
    text: "where: the condition has dtype f32; it must be bool.",
  },
  {
    name: "shapes that do not broadcast",
    run: () => where(inputNode([2], "bool"), inputNode([3], "f32"), inputNode([2], "f32")),
    error: ShapeError,
    text: "where: shapes [2] and [3] and [2] do not broadcast; sizes, aligned at the last axis, must be equal or 1.",
  },
]);
