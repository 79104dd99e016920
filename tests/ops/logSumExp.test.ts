import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { logSumExp } from "../../src/ops/index.ts";
import { exact, normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("logSumExp", [
  {
    name: "equal ones",
    inputs: [{ shape: [2, 2], values: [0, 0, 3, 3] }],
    apply: (x) => logSumExp(x, { axis: 1 }),
    tolerance: normalised,
    expected: [Math.log(2), 3 + Math.log(2)],
    secondGradient: true,
  },
  {
    name: "large ones, all axes",
    inputs: [{ shape: [3, 40], low: -500, high: 900 }],
    apply: (x) => logSumExp(x, { keepDims: true }),
    tolerance: normalised,
    shape: [1, 1],
  },
  {
    name: "axes that are no neighbours",
    inputs: [{ shape: [3, 5, 7] }],
    apply: (x) => logSumExp(x, { axis: [0, 2] }),
    tolerance: normalised,
    shape: [5],
  },
  {
    name: "infinities",
    inputs: [{ shape: [4, 2], values: [-Infinity, -Infinity, Infinity, 1, -Infinity, 3, 1, Number.NaN] }],
    apply: (x) => logSumExp(x, { axis: 1 }),
    tolerance: exact,
    expected: [-Infinity, Infinity, 3, Number.NaN],
    withoutGradient: true,
  },
  {
    name: "of nothing",
    inputs: [{ shape: [2, 0] }],
    apply: (x) => logSumExp(x, { axis: 1 }),
    tolerance: exact,
    expected: [-Infinity, -Infinity],
    withoutGradient: true,
  },
  {
    name: "whole numbers",
    inputs: [{ shape: [2], values: [1, 1], dtype: "i32" }],
    apply: (x) => logSumExp(x),
    tolerance: normalised,
    dtype: "f32",
    expected: [1 + Math.log(2)],
    withoutGradient: true,
  },
]);

testErrors("logSumExp", [
  {
    name: "an axis out of range",
    run: () => logSumExp(inputNode([2, 3], "f32"), { axis: 2 }),
    error: ShapeError,
    text: "logSumExp: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "an axis twice",
    run: () => logSumExp(inputNode([2, 3], "f32"), { axis: [0, -2] }),
    error: ShapeError,
    text: "logSumExp: axes [0, 0] name an axis twice; each may stand once.",
  },
]);
