import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { countNonzero } from "../../src/ops/index.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("countNonzero", [
  {
    name: "rows, NaN counts",
    inputs: [{ shape: [3, 2], values: [0, Number.NaN, 0, -0, -1, 2] }],
    apply: (x) => countNonzero(x, { axis: 1 }),
    tolerance: exact,
    dtype: "i32",
    expected: [1, 0, 2],
    withoutGradient: true,
  },
  {
    name: "everything",
    inputs: [{ shape: [30, 41], dtype: "bool" }],
    apply: (x) => countNonzero(x),
    tolerance: exact,
    shape: [],
    withoutGradient: true,
  },
  {
    name: "of nothing",
    inputs: [{ shape: [0, 2] }],
    apply: (x) => countNonzero(x, { axis: 0, keepDims: true }),
    tolerance: exact,
    shape: [1, 2],
    expected: [0, 0],
    withoutGradient: true,
  },
]);

testErrors("countNonzero", [
  {
    name: "an axis out of range",
    run: () => countNonzero(inputNode([2, 3], "f32"), { axis: 2 }),
    error: ShapeError,
    text: "sum: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "an axis twice",
    run: () => countNonzero(inputNode([2, 3], "f32"), { axis: [0, 0] }),
    error: ShapeError,
    text: "sum: axes [0, 0] name an axis twice; each may stand once.",
  },
]);
