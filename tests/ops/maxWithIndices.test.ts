import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { maxWithIndices, minWithIndices } from "../../src/ops/index.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("maxWithIndices", [
  {
    name: "the first of equal ones gets the gradient",
    inputs: [{ shape: [2, 3], values: [1, 5, 5, 2, 0, 1] }],
    apply: (x) => maxWithIndices(x).values,
    tolerance: exact,
    shape: [2],
    expected: [5, 2],
    dy: [3, 4],
    expectedGradients: [[0, 3, 0, 4, 0, 0]],
  },
  {
    name: "where it stands",
    inputs: [{ shape: [2, 3], values: [1, 5, 5, 2, Number.NaN, 1] }],
    apply: (x) => maxWithIndices(x).indices,
    tolerance: exact,
    dtype: "i32",
    expected: [1, 1],
    withoutGradient: true,
  },
  {
    name: "a middle axis, kept",
    inputs: [{ shape: [3, 40, 5] }],
    apply: (x) => maxWithIndices(x, { axis: 1, keepDims: true }).values,
    tolerance: exact,
    shape: [3, 1, 5],
    secondGradient: true,
  },
  {
    name: "a scalar",
    inputs: [{ shape: [] }],
    apply: (x) => maxWithIndices(x).values,
    tolerance: exact,
    shape: [],
  },
]);

testOp("minWithIndices", [
  {
    name: "columns",
    inputs: [{ shape: [2, 2], values: [1, 5, 1, 2] }],
    apply: (x) => minWithIndices(x, { axis: 0 }).values,
    tolerance: exact,
    expected: [1, 2],
    dy: [3, 4],
    expectedGradients: [[3, 0, 0, 4]],
  },
  {
    name: "large i32",
    inputs: [{ shape: [2], values: [16777217, 16777216], dtype: "i32" }],
    apply: (x) => minWithIndices(x).indices,
    tolerance: exact,
    expected: [1],
    withoutGradient: true,
  },
]);

testErrors("maxWithIndices", [
  {
    name: "an axis out of range",
    run: () => maxWithIndices(inputNode([2, 3], "f32"), { axis: 2 }),
    error: ShapeError,
    text: "maxWithIndices: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "an axis out of range",
    run: () => minWithIndices(inputNode([2, 3], "f32"), { axis: 2 }),
    error: ShapeError,
    text: "minWithIndices: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "nothing",
    run: () => maxWithIndices(inputNode([2, 0], "f32")),
    error: ShapeError,
    text: "argmax: axis 1 of [2, 0] is empty; it must have at least one element.",
  },
]);
