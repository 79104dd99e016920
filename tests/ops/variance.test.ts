import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { variance } from "../../src/ops/index.ts";
import { exact, normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("variance", [
  {
    name: "known values",
    inputs: [{ shape: [4], values: [1, 2, 3, 6] }],
    apply: (x) => variance(x),
    tolerance: normalised,
    shape: [],
    expected: [14 / 3],
    roundsConstants: true,
    secondGradient: true,
  },
  {
    name: "of a population, kept",
    inputs: [{ shape: [3, 5, 7] }],
    apply: (x) => variance(x, { axis: [0, 2], correction: 0, keepDims: true }),
    tolerance: normalised,
    shape: [1, 5, 1],
  },
  {
    name: "around 1000",
    inputs: [{ shape: [3, 1500], low: 999, high: 1001 }],
    apply: (x) => variance(x, { axis: 1 }),
    tolerance: normalised,
    shape: [3],
  },
  {
    name: "of equal elements",
    inputs: [{ shape: [3], values: [0.1, 0.1, 0.1] }],
    apply: (x) => variance(x),
    tolerance: exact,
    expected: [0],
    dy: [1],
    expectedGradients: [[0, 0, 0]],
  },
  {
    name: "of one",
    inputs: [{ shape: [2, 1] }],
    apply: (x) => variance(x, { axis: 1 }),
    tolerance: exact,
    expected: [Number.NaN, Number.NaN],
    withoutGradient: true,
  },
  {
    name: "of nothing",
    inputs: [{ shape: [0] }],
    apply: (x) => variance(x),
    tolerance: exact,
    expected: [Number.NaN],
    withoutGradient: true,
  },
]);

testErrors("variance", [
  {
    name: "an axis out of range",
    run: () => variance(inputNode([2, 3], "f32"), { axis: 2 }),
    error: ShapeError,
    text: "variance: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "an axis twice",
    run: () => variance(inputNode([2, 3], "f32"), { axis: [0, -2] }),
    error: ShapeError,
    text: "variance: axes [0, 0] name an axis twice; each may stand once.",
  },
  {
    name: "whole numbers",
    run: () => variance(inputNode([2, 3], "i32")),
    error: DtypeError,
    text: "variance: x has dtype i32; it must be f32 or f16.",
  },
  {
    name: "no correction",
    run: () => variance(inputNode([2, 3], "f32"), { correction: Number.NaN }),
    error: UsageError,
    text: "variance: correction is NaN; it must be a finite number.",
  },
]);
