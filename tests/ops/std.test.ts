import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { std } from "../../src/ops/index.ts";
import { exact, normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("std", [
  {
    name: "known values",
    inputs: [{ shape: [2, 2], values: [1, 3, 5, 9] }],
    apply: (x) => std(x, { axis: 1 }),
    tolerance: normalised,
    expected: [Math.SQRT2, Math.sqrt(8)],
    secondGradient: true,
  },
  {
    name: "of equal elements",
    inputs: [{ shape: [3], values: [0.1, 0.1, 0.1] }],
    apply: (x) => std(x),
    tolerance: exact,
    expected: [0],
    dy: [1],
    expectedGradients: [[0, 0, 0]],
  },
  {
    name: "around 1000",
    inputs: [{ shape: [3, 1500], low: 999, high: 1001 }],
    apply: (x) => std(x, { axis: 1, correction: 0 }),
    tolerance: normalised,
    shape: [3],
  },
  {
    name: "a NaN",
    inputs: [{ shape: [2], values: [Number.NaN, 1] }],
    apply: (x) => std(x),
    tolerance: exact,
    expected: [Number.NaN],
    withoutGradient: true,
  },
]);

testErrors("std", [
  {
    name: "an axis out of range",
    run: () => std(inputNode([2, 3], "f32"), { axis: 2 }),
    error: ShapeError,
    text: "std: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "an axis twice",
    run: () => std(inputNode([2, 3], "f32"), { axis: [0, -2] }),
    error: ShapeError,
    text: "std: axes [0, 0] name an axis twice; each may stand once.",
  },
  {
    name: "whole numbers",
    run: () => std(inputNode([2, 3], "i32")),
    error: DtypeError,
    text: "std: x has dtype i32; it must be f32 or f16.",
  },
  {
    name: "no correction",
    run: () => std(inputNode([2, 3], "f32"), { correction: Infinity }),
    error: UsageError,
    text: "std: correction is Infinity; it must be a finite number.",
  },
]);
