import { DtypeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { lerp } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { activation, exact, normalised, ulps } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("lerp", [
  {
    name: "known values",
    inputs: [given([1, 1, -2, 4, 0]), given([3, 3, 5, 4, 1]), given([0.25, 0.75, 0.5, 0.3, 2])],
    apply: (a, b, weight) => lerp(a, b, weight),
    tolerance: ulps(5),
    expected: [1.5, 2.5, 1.5, 4, 2],
    dy: [1, 2, 3, 4, 5],
    expectedGradients: [
      [0.75, 0.5, 1.5, 2.8, -5],
      [0.25, 1.5, 1.5, 1.2, 10],
      [2, 4, 21, 0, 5],
    ],
  },
  {
    name: "both ends are met",
    inputs: [given([0.1, 0.1, 10000000000]), given([0.7, 0.7, -0.3]), given([0, 1, 1])],
    apply: (a, b, weight) => lerp(a, b, weight),
    tolerance: exact,
    expected: [0.1, 0.7, -0.3],
    withoutGradient: true,
  },
  {
    name: "no number",
    inputs: [given([Number.NaN, 1, 1]), given([1, Number.NaN, 1]), given([0.5, 0.5, Number.NaN])],
    apply: (a, b, weight) => lerp(a, b, weight),
    tolerance: ulps(5),
    expected: [Number.NaN, Number.NaN, Number.NaN],
    withoutGradient: true,
  },
  {
    name: "a number for the weight, and one for the end",
    inputs: [given([1, -2])],
    apply: (a) => lerp(a, 4, 0.25),
    tolerance: ulps(5),
    expected: [1.75, -0.5],
  },
  {
    name: "all three broadcast",
    inputs: [{ shape: [4, 1, 1] }, { shape: [3, 1] }, { shape: [5], low: 0, high: 1 }],
    apply: (a, b, weight) => lerp(a, b, weight),
    tolerance: activation,
    gradientTolerance: normalised,
    shape: [4, 3, 5],
    secondGradient: true,
  },
  {
    name: "no element",
    inputs: [{ shape: [0, 2] }, { shape: [2] }, { shape: [] }],
    apply: (a, b, weight) => lerp(a, b, weight),
    tolerance: ulps(5),
    gradientTolerance: normalised,
    shape: [0, 2],
  },
]);
testErrors("lerp", [
  {
    name: "b of i32",
    run: () => lerp(inputNode([2], "f32"), inputNode([2], "i32"), 0.5),
    error: DtypeError,
    text: "lerp: b has dtype i32; it must be f32 or f16.",
  },
]);
