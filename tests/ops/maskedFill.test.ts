import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { maskedFill } from "../../src/ops/index.ts";
import { exact, sums } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("maskedFill", [
  {
    name: "a number",
    inputs: [
      { shape: [2, 2], values: [1, 2, 3, 4] },
      { shape: [2, 2], values: [0, 1, 1, 0], dtype: "bool" },
    ],
    apply: (x, mask) => maskedFill(x, mask, -Infinity),
    tolerance: exact,
    expected: [1, -Infinity, -Infinity, 4],
    dy: [1, 2, 3, 4],
    expectedGradients: [[1, 0, 0, 4]],
  },
  {
    name: "a scalar with a gradient, all broadcast",
    inputs: [{ shape: [4] }, { shape: [3, 4], dtype: "bool" }, { shape: [] }],
    apply: (x, mask, value) => maskedFill(x, mask, value),
    tolerance: exact,
    shape: [3, 4],
    gradientTolerance: sums(12),
    secondGradient: true,
  },
  {
    name: "whole numbers",
    inputs: [
      { shape: [3], values: [16777217, 2, 3], dtype: "i32" },
      { shape: [3], values: [0, 1, 0], dtype: "bool" },
    ],
    apply: (x, mask) => maskedFill(x, mask, -7),
    tolerance: exact,
    dtype: "i32",
    expected: [16777217, -7, 3],
    withoutGradient: true,
  },
  {
    name: "a scalar of another dtype",
    inputs: [
      { shape: [2], values: [1.5, 2.5] },
      { shape: [2], values: [0, 1], dtype: "bool" },
      { shape: [], values: [7], dtype: "i32" },
    ],
    apply: (x, mask, value) => maskedFill(x, mask, value),
    tolerance: exact,
    dtype: "f32",
    expected: [1.5, 7],
  },
  {
    name: "a NaN that is covered",
    inputs: [
      { shape: [2], values: [Number.NaN, 2] },
      { shape: [2], values: [1, 0], dtype: "bool" },
    ],
    apply: (x, mask) => maskedFill(x, mask, 0),
    tolerance: exact,
    expected: [0, 2],
    dy: [5, 6],
    expectedGradients: [[0, 6]],
  },
]);

const mask = inputNode([2, 3], "bool");

testErrors("maskedFill", [
  {
    name: "a mask of numbers",
    run: () => maskedFill(inputNode([2, 3], "f32"), inputNode([2, 3], "f32"), 0),
    error: DtypeError,
    text: "maskedFill: mask has dtype f32; it must be bool.",
  },
  {
    name: "a value that is no scalar",
    run: () => maskedFill(inputNode([2, 3], "f32"), mask, inputNode([2, 3], "f32")),
    error: ShapeError,
    text: "maskedFill: value is [2, 3], which has 2 axes; it must have 0.",
  },
  {
    name: "a fraction in whole numbers",
    run: () => maskedFill(inputNode([2, 3], "i32"), mask, 0.5),
    error: UsageError,
    text: "maskedFill: value for i32 is 0.5; it must be a whole number from -2147483648 to 4294967295.",
  },
  {
    name: "another shape",
    run: () => maskedFill(inputNode([4], "f32"), mask, 0),
    error: ShapeError,
    text: "where: shapes [2, 3] and [] and [4] do not broadcast; sizes, aligned at the last axis, must be equal or 1.",
  },
]);
