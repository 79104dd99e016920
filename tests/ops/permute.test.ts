import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { mul, permute, reshape, slice, transpose } from "../../src/ops/index.ts";
import { exact, sums, ulps } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

const counted = [0, 1, 2, 3, 4, 5];

testOp("permute", [
  {
    name: "a matrix",
    inputs: [{ shape: [2, 3], values: counted }],
    apply: (x) => permute(x, [1, 0]),
    tolerance: exact,
    shape: [3, 2],
    expected: [0, 3, 1, 4, 2, 5],
    dy: counted,
    expectedGradients: [[0, 2, 4, 1, 3, 5]],
  },
  {
    name: "a cycle of three axes",
    inputs: [{ shape: [2, 3, 5] }],
    apply: (x) => permute(x, [2, 0, 1]),
    tolerance: exact,
    shape: [5, 2, 3],
    secondGradient: true,
  },
  {
    name: "axes counted from the end",
    inputs: [{ shape: [2, 3, 5] }],
    apply: (x) => permute(x, [-1, 0, -2]),
    tolerance: exact,
    shape: [5, 2, 3],
  },
  {
    name: "four axes",
    inputs: [{ shape: [2, 3, 4, 5] }],
    apply: (x) => permute(x, [0, 2, 3, 1]),
    tolerance: exact,
    shape: [2, 4, 5, 3],
  },
  { name: "no change", inputs: [{ shape: [2, 3] }], apply: (x) => permute(x, [0, 1]), tolerance: exact },
  { name: "a scalar", inputs: [{ shape: [] }], apply: (x) => permute(x, []), tolerance: exact, shape: [] },
  {
    name: "no element",
    inputs: [{ shape: [2, 0, 3] }],
    apply: (x) => permute(x, [2, 1, 0]),
    tolerance: exact,
    shape: [3, 0, 2],
  },
  {
    name: "after a slice, before a reshape",
    inputs: [{ shape: [4, 6, 3] }],
    apply: (x) => reshape(permute(slice(x, { steps: [2, -1] }), [1, 2, 0]), [9, 4]),
    tolerance: exact,
    shape: [9, 4],
  },
  {
    name: "twice, and back where it was",
    inputs: [{ shape: [2, 3, 5] }],
    apply: (x) => permute(permute(x, [2, 0, 1]), [1, 2, 0]),
    tolerance: exact,
    shape: [2, 3, 5],
  },
  {
    name: "large i32",
    inputs: [{ shape: [2, 2], dtype: "i32", values: [16777217, 2, 3, -16777217] }],
    apply: (x) => permute(x, [1, 0]),
    tolerance: exact,
    dtype: "i32",
    expected: [16777217, 3, 2, -16777217],
    withoutGradient: true,
  },
]);

testOp("transpose", [
  {
    name: "the last two axes where none are given",
    inputs: [{ shape: [2, 3, 5] }],
    apply: (x) => transpose(x),
    tolerance: exact,
    shape: [2, 5, 3],
  },
  {
    name: "two given axes",
    inputs: [{ shape: [2, 3, 5] }],
    apply: (x) => transpose(x, 0, -1),
    tolerance: exact,
    shape: [5, 3, 2],
  },
  {
    name: "an axis with itself",
    inputs: [{ shape: [2, 3] }],
    apply: (x) => transpose(x, 1, 1),
    tolerance: exact,
    shape: [2, 3],
  },
  {
    name: "a matrix times its own transpose, element by element",
    inputs: [{ shape: [4, 4] }],
    apply: (x) => mul(x, transpose(x)),
    tolerance: ulps(1),
    gradientTolerance: sums(2),
  },
]);

testErrors("permute", [
  {
    name: "an axis twice",
    run: () => permute(inputNode([2, 3], "f32"), [0, -2]),
    error: ShapeError,
    text: "permute: order [0, -2] does not fit 2 axes; it must name each axis exactly once.",
  },
  {
    name: "too few axes",
    run: () => permute(inputNode([2, 3], "f32"), [1]),
    error: ShapeError,
    text: "permute: order [1] does not fit 2 axes; it must name each axis exactly once.",
  },
  {
    name: "an axis out of range",
    run: () => permute(inputNode([2, 3], "f32"), [0, 2]),
    error: ShapeError,
    text: "permute: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "a row has no two axes to swap",
    run: () => transpose(inputNode([2], "f32")),
    error: ShapeError,
    text: "transpose: axis -2 is out of range for 1 axes; it must be a whole number in -1..0.",
  },
]);
