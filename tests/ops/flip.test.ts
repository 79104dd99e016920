import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { flip, slice, transpose } from "../../src/ops/index.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("flip", [
  {
    name: "columns",
    inputs: [{ shape: [2, 3], values: [1, 2, 3, 4, 5, 6] }],
    apply: (x) => flip(x, 1),
    tolerance: exact,
    shape: [2, 3],
    expected: [3, 2, 1, 6, 5, 4],
    dy: [1, 2, 3, 4, 5, 6],
    expectedGradients: [[3, 2, 1, 6, 5, 4]],
    secondGradient: true,
  },
  {
    name: "two axes of three",
    inputs: [{ shape: [2, 3, 4] }],
    apply: (x) => flip(x, [0, -1]),
    tolerance: exact,
    shape: [2, 3, 4],
    secondGradient: true,
  },
  {
    name: "a slice of a transposed view",
    inputs: [{ shape: [4, 6] }],
    apply: (x) => flip(slice(transpose(x), { steps: [2, 1] }), [0, 1]),
    tolerance: exact,
    shape: [3, 4],
  },
  {
    name: "no axis",
    inputs: [{ shape: [2, 3] }],
    apply: (x) => flip(x, []),
    tolerance: exact,
    shape: [2, 3],
  },
  {
    name: "no element",
    inputs: [{ shape: [0, 3] }],
    apply: (x) => flip(x, [0, 1]),
    tolerance: exact,
    shape: [0, 3],
  },
  {
    name: "large i32",
    inputs: [{ shape: [2, 2], values: [16777217, 2, 3, -16777217], dtype: "i32" }],
    apply: (x) => flip(x, 0),
    tolerance: exact,
    dtype: "i32",
    expected: [3, -16777217, 16777217, 2],
    withoutGradient: true,
  },
]);

testErrors("flip", [
  {
    name: "an axis twice",
    run: () => flip(inputNode([2, 3], "f32"), [0, -2]),
    error: ShapeError,
    text: "flip: axes [0, 0] name an axis twice; each may stand once.",
  },
  {
    name: "an axis out of range",
    run: () => flip(inputNode([2, 3], "f32"), 2),
    error: ShapeError,
    text: "flip: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "a scalar",
    run: () => flip(inputNode([], "f32"), 0),
    error: ShapeError,
    text: "flip: axis 0 is out of range for 0 axes; a scalar has no axes.",
  },
]);
