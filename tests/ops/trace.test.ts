import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { trace } from "../../src/ops/index.ts";
import { exact, sums } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("trace", [
  {
    name: "a wide matrix",
    inputs: [{ shape: [2, 3], values: [1, 2, 3, 4, 5, 6] }],
    apply: (x) => trace(x),
    tolerance: exact,
    shape: [],
    expected: [6],
    dy: [2],
    expectedGradients: [[2, 0, 0, 0, 2, 0]],
  },
  {
    name: "a tall matrix",
    inputs: [{ shape: [7, 5] }],
    apply: (x) => trace(x),
    tolerance: sums(5),
    shape: [],
    secondGradient: true,
  },
  { name: "nothing", inputs: [{ shape: [0, 3] }], apply: (x) => trace(x), tolerance: exact, expected: [0] },
  {
    name: "large i32",
    inputs: [{ shape: [2, 2], values: [16777217, 0, 0, 2], dtype: "i32" }],
    apply: (x) => trace(x),
    tolerance: exact,
    dtype: "i32",
    expected: [16777219],
    withoutGradient: true,
  },
]);

testErrors("trace", [
  {
    name: "a row",
    run: () => trace(inputNode([3], "f32")),
    error: ShapeError,
    text: "trace: x is [3], which has 1 axes; it must have 2 [rows, cols].",
  },
  {
    name: "a stack of matrices",
    run: () => trace(inputNode([2, 3, 3], "f32")),
    error: ShapeError,
    text: "trace: x is [2, 3, 3], which has 3 axes; it must have 2 [rows, cols].",
  },
]);
