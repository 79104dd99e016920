import { sinh } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { exponential, normalised, ulps } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("sinh", [
  {
    name: "known values",
    inputs: [given([0, 1, -0.5, 3, -10])],
    apply: (x) => sinh(x),
    tolerance: ulps(5),
    expected: [0, 1.1752011936438014, -0.5210953054937474, 10.017874927409903, -11013.232874703393],
    dy: [1, 2, 3, 4, 5],
    expectedGradients: [[1, 3.0861612696304874, 3.382877895619142, 40.27064798311106, 55066.164600516626]],
    secondGradient: true,
    secondTolerance: normalised,
  },
  {
    name: "far out",
    inputs: [given([88, -89, -1000, Infinity, -Infinity, Number.NaN, -0])],
    apply: (x) => sinh(x),
    tolerance: exponential,
    expected: [8.258181274970009e37, -2.2448064095871728e38, -Infinity, Infinity, -Infinity, Number.NaN, -0],
    withoutGradient: true,
  },
  {
    name: "near 0",
    inputs: [given([1e-5, -0.01, 1e-20, 0.1])],
    apply: (x) => sinh(x),
    tolerance: ulps(5),
    expected: [1.0000000000166668e-5, -0.010000166667500003, 1e-20, 0.10016675001984403],
    withoutGradient: true,
  },
  {
    name: "integers give f32",
    inputs: [given([0, 1, -2], "i32")],
    apply: (x) => sinh(x),
    tolerance: ulps(5),
    dtype: "f32",
    expected: [0, 1.1752011936438014, -3.626860407847019],
    withoutGradient: true,
  },
  ...fewShapes(unaryShapes(sinh, { tolerance: ulps(5), low: -5, high: 5 })),
]);
