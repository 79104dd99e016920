import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { median } from "../../src/ops/index.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("median", [
  {
    name: "of three, and of four the lower",
    inputs: [{ shape: [2, 4], values: [3, 1, 4, 2, -5, 7, 7, -6] }],
    apply: (x) => median(x).values,
    tolerance: exact,
    shape: [2],
    expected: [2, -5],
    dy: [3, 4],
    expectedGradients: [[0, 0, 0, 3, 4, 0, 0, 0]],
  },
  {
    name: "where it stands; the first NaN",
    inputs: [{ shape: [3, 3], values: [1, Number.NaN, Number.NaN, 5, -Infinity, Infinity, 2, 9, 3] }],
    apply: (x) => median(x).indices,
    tolerance: exact,
    dtype: "i32",
    expected: [1, 0, 2],
    withoutGradient: true,
  },
  {
    name: "a middle axis, kept",
    inputs: [{ shape: [2, 75, 3] }],
    apply: (x) => median(x, { axis: 1, keepDims: true }).values,
    tolerance: exact,
    shape: [2, 1, 3],
    secondGradient: true,
  },
  { name: "a scalar", inputs: [{ shape: [] }], apply: (x) => median(x).values, tolerance: exact, shape: [] },
]);

testErrors("median", [
  {
    name: "an axis out of range",
    run: () => median(inputNode([2, 3], "f32"), { axis: 2 }),
    error: ShapeError,
    text: "median: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "nothing",
    run: () => median(inputNode([2, 0], "f32")),
    error: ShapeError,
    text: "median: axis -1 of [2, 0] is empty; it must have at least one element.",
  },
]);
