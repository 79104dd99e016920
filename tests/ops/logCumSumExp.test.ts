import { DtypeError, ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { logCumSumExp } from "../../src/ops/index.ts";
import { normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("logCumSumExp", [
  {
    name: "equal ones",
    inputs: [{ shape: [3], values: [0, 0, 0] }],
    apply: (x) => logCumSumExp(x, 0),
    tolerance: normalised,
    expected: [0, Math.log(2), Math.log(3)],
    secondGradient: true,
  },
  {
    name: "far apart",
    inputs: [{ shape: [3, 40], low: -900, high: 900 }],
    apply: (x) => logCumSumExp(x, 1),
    tolerance: normalised,
    shape: [3, 40],
    withoutGradient: true,
  },
  {
    name: "a middle axis",
    inputs: [{ shape: [2, 35, 3] }],
    apply: (x) => logCumSumExp(x, 1),
    tolerance: normalised,
    shape: [2, 35, 3],
  },
  {
    name: "infinities",
    inputs: [{ shape: [2, 4], values: [-Infinity, -Infinity, -900, 2, 1, Infinity, 2, Number.NaN] }],
    apply: (x) => logCumSumExp(x, 1),
    tolerance: normalised,
    expected: [-Infinity, -Infinity, -900, 2, 1, Infinity, Infinity, Number.NaN],
    withoutGradient: true,
  },
]);

testErrors("logCumSumExp", [
  {
    name: "an axis out of range",
    run: () => logCumSumExp(inputNode([2, 3], "f32"), 2),
    error: ShapeError,
    text: "logCumSumExp: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "a fraction of an axis",
    run: () => logCumSumExp(inputNode([2, 3], "f32"), 0.5),
    error: ShapeError,
    text: "logCumSumExp: axis 0.5 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "whole numbers",
    run: () => logCumSumExp(inputNode([2, 3], "i32"), 0),
    error: DtypeError,
    text: "logCumSumExp: x has dtype i32; it must be f32 or f16.",
  },
]);
