import { ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { tile, transpose } from "../../src/ops/index.ts";
import { exact, sums } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("tile", [
  {
    name: "a matrix",
    inputs: [{ shape: [2, 2], values: [1, 2, 3, 4] }],
    apply: (x) => tile(x, [2, 3]),
    tolerance: exact,
    shape: [4, 6],
    expected: [1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4, 1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4],
    dy: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23],
    expectedGradients: [[48, 54, 84, 90]],
  },
  {
    name: "fewer numbers than axes",
    inputs: [{ shape: [2, 3] }],
    apply: (x) => tile(x, [2]),
    tolerance: exact,
    shape: [2, 6],
    gradientTolerance: sums(2),
    secondGradient: true,
  },
  {
    name: "more numbers than axes",
    inputs: [{ shape: [3] }],
    apply: (x) => tile(x, [2, 1, 2]),
    tolerance: exact,
    shape: [2, 1, 6],
    gradientTolerance: sums(4),
  },
  {
    name: "a transposed view",
    inputs: [{ shape: [2, 3] }],
    apply: (x) => tile(transpose(x), [1, 2]),
    tolerance: exact,
    shape: [3, 4],
    gradientTolerance: sums(2),
  },
  {
    name: "no times",
    inputs: [{ shape: [2, 3] }],
    apply: (x) => tile(x, [0, 2]),
    tolerance: exact,
    shape: [0, 6],
  },
  {
    name: "large i32",
    inputs: [{ shape: [2, 2], values: [16777217, 2, 3, -16777217], dtype: "i32" }],
    apply: (x) => tile(x, [1, 2]),
    tolerance: exact,
    dtype: "i32",
    expected: [16777217, 2, 16777217, 2, 3, -16777217, 3, -16777217],
    withoutGradient: true,
  },
]);

testErrors("tile", [
  {
    name: "a fraction",
    run: () => tile(inputNode([2, 3], "f32"), [1.5]),
    error: UsageError,
    text: "tile: a repeat is 1.5; it must be a whole number from 0.",
  },
  {
    name: "a number below 0",
    run: () => tile(inputNode([2, 3], "f32"), [2, -1]),
    error: UsageError,
    text: "tile: a repeat is -1; it must be a whole number from 0.",
  },
  {
    name: "too large",
    run: () => tile(inputNode([2, 3], "f32"), [1048576, 1048576]),
    error: ShapeError,
    text: "broadcastTo: shape [1048576, 2, 1048576, 3] has 6597069766656 elements; at most 2147483647 are allowed.",
  },
]);
