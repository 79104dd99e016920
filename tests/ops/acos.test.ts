import { acos } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { activation, normalised, ulps } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("acos", [
  {
    name: "known values",
    inputs: [given([0, 0.5, -0.5, 0.75, -0.25])],
    apply: (x) => acos(x),
    tolerance: activation,
    expected: [
      1.5707963267948966, 1.0471975511965976, 2.0943951023931957, 0.7227342478134156, 1.8234765819369754,
    ],
    dy: [1, 2, 3, 4, 5],
    expectedGradients: [
      [-1, -2.3094010767585034, -3.4641016151377553, -6.047431568147635, -5.1639777949432215],
    ],
    secondGradient: true,
    secondTolerance: normalised,
  },
  {
    name: "at the ends and beyond",
    inputs: [given([1, -1, 1.5, -2, Infinity, Number.NaN])],
    apply: (x) => acos(x),
    tolerance: activation,
    expected: [0, 3.141592653589793, Number.NaN, Number.NaN, Number.NaN, Number.NaN],
    withoutGradient: true,
  },
  {
    name: "near 1, where the result is small",
    inputs: [given([0.9999899864196777, 0.9999998807907104])],
    apply: (x) => acos(x),
    tolerance: ulps(5),
    expected: [0.004475175311487897, 0.0004882812548506386],
    withoutGradient: true,
  },
  {
    name: "integers give f32",
    inputs: [given([0, 1], "i32")],
    apply: (x) => acos(x),
    tolerance: activation,
    dtype: "f32",
    expected: [1.5707963267948966, 0],
    withoutGradient: true,
  },
  ...fewShapes(unaryShapes(acos, { tolerance: activation, low: -0.875, high: 0.875 })),
]);
