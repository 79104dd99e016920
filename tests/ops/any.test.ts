import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { all, any, transpose } from "../../src/ops/index.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("any", [
  {
    name: "rows, NaN is true",
    inputs: [{ shape: [3, 2], values: [0, Number.NaN, 0, -0, -1, 0] }],
    apply: (x) => any(x, { axis: 1 }),
    tolerance: exact,
    dtype: "bool",
    expected: [1, 0, 1],
    withoutGradient: true,
  },
  {
    name: "everything, whole numbers",
    inputs: [{ shape: [2, 2], values: [0, 0, 16777217, 0], dtype: "i32" }],
    apply: (x) => any(x, { keepDims: true }),
    tolerance: exact,
    shape: [1, 1],
    expected: [1],
    withoutGradient: true,
  },
  {
    name: "of nothing",
    inputs: [{ shape: [0, 2] }],
    apply: (x) => any(x, { axis: 0 }),
    tolerance: exact,
    expected: [0, 0],
    withoutGradient: true,
  },
]);

testOp("all", [
  {
    name: "rows, NaN is true",
    inputs: [{ shape: [3, 2], values: [0, Number.NaN, 2, 3, -1, Number.NaN] }],
    apply: (x) => all(x, { axis: 1 }),
    tolerance: exact,
    dtype: "bool",
    expected: [0, 1, 1],
    withoutGradient: true,
  },
  {
    name: "columns of a view of bools",
    inputs: [{ shape: [40, 7], dtype: "bool" }],
    apply: (x) => all(transpose(x), { axis: 0 }),
    tolerance: exact,
    shape: [40],
    withoutGradient: true,
  },
  {
    name: "of nothing",
    inputs: [{ shape: [0, 2] }],
    apply: (x) => all(x),
    tolerance: exact,
    expected: [1],
    withoutGradient: true,
  },
]);

testErrors("any", [
  {
    name: "an axis out of range",
    run: () => any(inputNode([2, 3], "f32"), { axis: 2 }),
    error: ShapeError,
    text: "any: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "an axis twice",
    run: () => any(inputNode([2, 3], "f32"), { axis: [0, -2] }),
    error: ShapeError,
    text: "any: axes [0, 0] name an axis twice; each may stand once.",
  },
  {
    name: "an axis out of range",
    run: () => all(inputNode([2, 3], "f32"), { axis: 2 }),
    error: ShapeError,
    text: "all: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
]);
