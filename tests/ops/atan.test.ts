import { atan } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { activation, normalised, ulps } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("atan", [
  {
    name: "known values",
    inputs: [given([0, 1, -0.5, 3, -0.25])],
    apply: (x) => atan(x),
    tolerance: activation,
    expected: [0, 0.7853981633974483, -0.4636476090008061, 1.2490457723982544, -0.24497866312686414],
    dy: [1, 2, 3, 4, 5],
    expectedGradients: [[1, 1, 2.4, 0.4, 4.705882352941177]],
    secondGradient: true,
    secondTolerance: normalised,
  },
  {
    name: "at the ends and beyond",
    inputs: [given([Infinity, -Infinity, Number.NaN, -0, 1e30, -1e-30])],
    apply: (x) => atan(x),
    tolerance: activation,
    expected: [1.5707963267948966, -1.5707963267948966, Number.NaN, -0, 1.5707963267948966, -1e-30],
    withoutGradient: true,
  },
  {
    name: "near 0, relative to its size",
    inputs: [
      given([9.999999747378752e-6, -0.009999999776482582, 9.999999682655225e-21, 0.10000000149011612]),
    ],
    apply: (x) => atan(x),
    tolerance: ulps(5),
    expected: [9.999999747045419e-6, -0.00999966646317017, 9.999999682655225e-21, 0.09966865396652452],
    withoutGradient: true,
  },
  {
    name: "integers give f32",
    inputs: [given([0, 1], "i32")],
    apply: (x) => atan(x),
    tolerance: activation,
    dtype: "f32",
    expected: [0, 0.7853981633974483],
    withoutGradient: true,
  },
  ...fewShapes(unaryShapes(atan, { tolerance: activation, low: -5, high: 5 })),
]);
