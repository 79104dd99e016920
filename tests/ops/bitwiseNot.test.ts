import { DtypeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { bitwiseNot, transpose } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("bitwiseNot", [
  {
    name: "i32",
    inputs: [given([12, -1, 0, -2147483648], "i32")],
    apply: (x) => bitwiseNot(x),
    tolerance: exact,
    dtype: "i32",
    expected: [-13, 0, -1, 2147483647],
    withoutGradient: true,
  },
  {
    name: "u32",
    inputs: [given([12, 4294967295, 0], "u32")],
    apply: (x) => bitwiseNot(x),
    tolerance: exact,
    dtype: "u32",
    expected: [4294967283, 0, 4294967295],
    withoutGradient: true,
  },
  {
    name: "bools",
    inputs: [given([0, 1], "bool")],
    apply: (x) => bitwiseNot(x),
    tolerance: exact,
    dtype: "bool",
    expected: [1, 0],
    withoutGradient: true,
  },
  {
    name: "no element",
    inputs: [{ shape: [0, 2], dtype: "u32" }],
    apply: (x) => bitwiseNot(x),
    tolerance: exact,
    shape: [0, 2],
    withoutGradient: true,
  },
  {
    name: "twice, through a view",
    inputs: [{ shape: [3, 5], dtype: "i32", low: -9, high: 9 }],
    apply: (x) => bitwiseNot(transpose(bitwiseNot(x))),
    tolerance: exact,
    shape: [5, 3],
    withoutGradient: true,
  },
]);
testErrors("bitwiseNot", [
  {
    name: "x of f32",
    run: () => bitwiseNot(inputNode([2], "f32")),
    error: DtypeError,
    text: "bitwiseNot: x has dtype f32; it must be bool or i32 or u32.",
  },
]);
