import { reciprocal } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { normalised, ulps } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("reciprocal", [
  {
    name: "known values",
    inputs: [given([2, -4, 0.125, 1])],
    apply: (x) => reciprocal(x),
    tolerance: ulps(3),
    expected: [0.5, -0.25, 8, 1],
    dy: [1, 2, 3, 4],
    expectedGradients: [[-0.25, -0.125, -192, -4]],
  },
  {
    name: "infinities, and no number",
    inputs: [given([Infinity, -Infinity, Number.NaN])],
    apply: (x) => reciprocal(x),
    tolerance: ulps(3),
    expected: [0, -0, Number.NaN],
    withoutGradient: true,
  },
  {
    name: "of 0",
    inputs: [given([0, -0])],
    apply: (x) => reciprocal(x),
    tolerance: ulps(3),
    expected: [Infinity, -Infinity],
    withoutGradient: true,
    referenceOnly: "WGSL leaves division by 0 open",
  },
  {
    name: "integers give f32",
    inputs: [given([4, -2], "i32")],
    apply: (x) => reciprocal(x),
    tolerance: ulps(3),
    dtype: "f32",
    expected: [0.25, -0.5],
    withoutGradient: true,
  },
  ...fewShapes(
    unaryShapes(reciprocal, {
      tolerance: ulps(3),
      low: 0.5,
      high: 3,
      secondGradient: true,
      secondTolerance: normalised,
    }),
  ),
]);
