import { DtypeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { hardSwish } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { activation, normalised, ulps } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("hardSwish", [
  {
    name: "known values",
    inputs: [given([-4, -2, -0.5, 0.5, 2, 5])],
    apply: (x) => hardSwish(x),
    tolerance: ulps(5),
    gradientTolerance: activation,
    expected: [-0, -0.3333333333333333, -0.20833333333333334, 0.2916666666666667, 1.6666666666666667, 5],
    dy: [1, 2, 3, 4, 5, 6],
    expectedGradients: [[0, -0.33333333333333326, 1, 2.6666666666666665, 5.833333333333332, 6]],
    secondGradient: true,
    secondTolerance: normalised,
  },
  {
    name: "at its corners",
    inputs: [given([-3, 3])],
    apply: (x) => hardSwish(x),
    tolerance: ulps(5),
    gradientTolerance: activation,
    expected: [-0, 3],
    dy: [1, 2],
    expectedGradients: [[0, 2]],
  },
  {
    name: "zero, infinities, and no number",
    inputs: [given([Number.NaN, Infinity, -Infinity, -0])],
    apply: (x) => hardSwish(x),
    tolerance: ulps(5),
    expected: [Number.NaN, Infinity, Number.NaN, -0],
    withoutGradient: true,
  },
  ...fewShapes(
    unaryShapes((x) => hardSwish(x), {
      tolerance: ulps(5),
      low: -2.75,
      high: 2.75,
      gradientTolerance: activation,
    }),
  ),
]);
testErrors("hardSwish", [
  {
    name: "x of i32",
    run: () => hardSwish(inputNode([2], "i32")),
    error: DtypeError,
    text: "hardSwish: x has dtype i32; it must be f32 or f16.",
  },
]);
