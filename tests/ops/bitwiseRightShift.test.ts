import { DtypeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { bitwiseRightShift } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("bitwiseRightShift", [
  {
    name: "i32",
    inputs: [given([1, -8, 5, -2147483648, 1], "i32"), given([3, 1, 2, 31, 31], "i32")],
    apply: (a, b) => bitwiseRightShift(a, b),
    tolerance: exact,
    dtype: "i32",
    expected: [0, -4, 1, -1, 0],
    withoutGradient: true,
  },
  {
    name: "by more places than there are, and by less than none",
    inputs: [given([1, -8, -5, 5], "i32"), given([32, 33, -1, -2147483648], "i32")],
    apply: (a, b) => bitwiseRightShift(a, b),
    tolerance: exact,
    dtype: "i32",
    expected: [0, -1, -1, 0],
    withoutGradient: true,
  },
  {
    name: "u32",
    inputs: [given([12, 4294967295, 4294967295, 7], "u32"), given([1, 31, 32, 4294967295], "u32")],
    apply: (a, b) => bitwiseRightShift(a, b),
    tolerance: exact,
    dtype: "u32",
    expected: [6, 1, 0, 0],
    withoutGradient: true,
  },
  {
    name: "by a number",
    inputs: [given([12, -1], "i32")],
    apply: (a) => bitwiseRightShift(a, 3),
    tolerance: exact,
    dtype: "i32",
    expected: [1, -1],
    withoutGradient: true,
  },
  {
    name: "a row onto rows",
    inputs: [
      { shape: [3, 5], dtype: "i32", low: -99, high: 99 },
      { shape: [5], dtype: "i32", low: 0, high: 9 },
    ],
    apply: (a, b) => bitwiseRightShift(a, b),
    tolerance: exact,
    shape: [3, 5],
    withoutGradient: true,
  },
  {
    name: "no element",
    inputs: [
      { shape: [0, 2], dtype: "i32" },
      { shape: [2], dtype: "i32" },
    ],
    apply: (a, b) => bitwiseRightShift(a, b),
    tolerance: exact,
    shape: [0, 2],
    withoutGradient: true,
  },
]);
testErrors("bitwiseRightShift", [
  {
    name: "a of bool",
    run: () => bitwiseRightShift(inputNode([2], "bool"), 1),
    error: DtypeError,
    text: "bitwiseRightShift: a has dtype bool; it must be i32 or u32.",
  },
  {
    name: "b of f32",
    run: () => bitwiseRightShift(inputNode([2], "i32"), 0.5),
    error: DtypeError,
    text: "bitwiseRightShift: b has dtype f32; it must be i32 or u32.",
  },
]);
