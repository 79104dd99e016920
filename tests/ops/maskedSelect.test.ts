import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { maskedSelect, mul } from "../../src/ops/index.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("maskedSelect", [
  {
    name: "fewer than there is room for",
    inputs: [
      { shape: [2, 3], values: [1, 2, 3, 4, 5, 6] },
      { shape: [2, 3], values: [0, 1, 1, 0, 0, 1], dtype: "bool" },
    ],
    apply: (x, mask) => maskedSelect(x, mask, { size: 5, fillValue: -1 }),
    tolerance: exact,
    shape: [5],
    expected: [2, 3, 6, -1, -1],
    dy: [1, 2, 3, 4, 5],
    expectedGradients: [[0, 1, 2, 0, 0, 3]],
    secondGradient: true,
  },
  {
    name: "more than there is room for, broadcast",
    inputs: [
      { shape: [3], values: [1, 2, 3] },
      { shape: [2, 1], values: [1, 1], dtype: "bool" },
    ],
    apply: (x, mask) => maskedSelect(x, mask, { size: 4 }),
    tolerance: exact,
    expected: [1, 2, 3, 1],
    dy: [1, 2, 4, 8],
    expectedGradients: [[9, 2, 4]],
  },
  {
    name: "computed values",
    inputs: [{ shape: [9, 50] }, { shape: [9, 50], dtype: "bool" }],
    apply: (x, mask) => maskedSelect(mul(x, 2), mask, { size: 300 }),
    tolerance: exact,
    shape: [300],
  },
  {
    name: "whole numbers, none selected",
    inputs: [
      { shape: [2], values: [1, 2], dtype: "i32" },
      { shape: [2], values: [0, 0], dtype: "bool" },
    ],
    apply: (x, mask) => maskedSelect(x, mask, { size: 2, fillValue: 16777217 }),
    tolerance: exact,
    dtype: "i32",
    expected: [16777217, 16777217],
    withoutGradient: true,
  },
  {
    name: "of nothing",
    inputs: [{ shape: [0] }, { shape: [0], dtype: "bool" }],
    apply: (x, mask) => maskedSelect(x, mask, { size: 2 }),
    tolerance: exact,
    expected: [0, 0],
    withoutGradient: true,
  },
]);

const mask = inputNode([2, 3], "bool");

testErrors("maskedSelect", [
  {
    name: "a mask of numbers",
    run: () => maskedSelect(inputNode([2, 3], "f32"), inputNode([2, 3], "f32"), { size: 2 }),
    error: DtypeError,
    text: "maskedSelect: mask has dtype f32; it must be bool.",
  },
  {
    name: "a size below 0",
    run: () => maskedSelect(inputNode([2, 3], "f32"), mask, { size: -1 }),
    error: UsageError,
    text: "maskedSelect: size is -1; it must be a whole number from 0 to 2147483647.",
  },
  {
    name: "a fraction in whole numbers",
    run: () => maskedSelect(inputNode([3], "i32"), mask, { size: 2, fillValue: 0.5 }),
    error: UsageError,
    text: "maskedSelect: fillValue for i32 is 0.5; it must be a whole number from -2147483648 to 4294967295.",
  },
  {
    name: "shapes that do not fit",
    run: () => maskedSelect(inputNode([4], "f32"), mask, { size: 2 }),
    error: ShapeError,
    text: "maskedSelect: shapes [4] and [2, 3] do not broadcast; sizes, aligned at the last axis, must be equal or 1.",
  },
]);
