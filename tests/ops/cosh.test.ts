import { cosh } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { exponential, normalised, ulps } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("cosh", [
  {
    name: "known values",
    inputs: [given([0, 1, -0.5, 3, -10])],
    apply: (x) => cosh(x),
    tolerance: ulps(5),
    expected: [1, 1.5430806348152437, 1.1276259652063807, 10.067661995777765, 11013.232920103324],
    dy: [1, 2, 3, 4, 5],
    expectedGradients: [[0, 2.3504023872876028, -1.563285916481242, 40.07149970963961, -55066.164373516964]],
    secondGradient: true,
    secondTolerance: normalised,
  },
  {
    name: "far out",
    inputs: [given([88, -89, -1000, Infinity, -Infinity, Number.NaN, -0])],
    apply: (x) => cosh(x),
    tolerance: exponential,
    expected: [8.258181274970009e37, 2.2448064095871728e38, Infinity, Infinity, Infinity, Number.NaN, 1],
    withoutGradient: true,
  },
  {
    name: "near 0",
    inputs: [given([1e-5, -0.01, 1e-20, 0.1])],
    apply: (x) => cosh(x),
    tolerance: ulps(5),
    expected: [1.00000000005, 1.0000500004166681, 1, 1.0050041680558035],
    withoutGradient: true,
  },
  {
    name: "integers give f32",
    inputs: [given([0, 1, -2], "i32")],
    apply: (x) => cosh(x),
    tolerance: ulps(5),
    dtype: "f32",
    expected: [1, 1.5430806348152437, 3.7621956910836314],
    withoutGradient: true,
  },
  ...fewShapes(unaryShapes(cosh, { tolerance: ulps(5), low: -5, high: 5 })),
]);
