import { asin } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { activation, normalised, ulps } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("asin", [
  {
    name: "known values",
    inputs: [given([0, 0.5, -0.5, 0.75, -0.25])],
    apply: (x) => asin(x),
    tolerance: activation,
    expected: [0, 0.5235987755982989, -0.5235987755982989, 0.848062078981481, -0.25268025514207865],
    dy: [1, 2, 3, 4, 5],
    expectedGradients: [[1, 2.3094010767585034, 3.4641016151377553, 6.047431568147635, 5.1639777949432215]],
    secondGradient: true,
    secondTolerance: normalised,
  },
  {
    name: "at the ends and beyond",
    inputs: [given([1, -1, 1.5, -2, Infinity, Number.NaN, -0])],
    apply: (x) => asin(x),
    tolerance: activation,
    expected: [1.5707963267948966, -1.5707963267948966, Number.NaN, Number.NaN, Number.NaN, Number.NaN, -0],
    withoutGradient: true,
  },
  {
    name: "near 0, relative to its size",
    inputs: [
      given([9.999999747378752e-6, -0.009999999776482582, 9.999999682655225e-21, 0.10000000149011612]),
    ],
    apply: (x) => asin(x),
    tolerance: ulps(5),
    expected: [9.999999747545419e-6, -0.010000166450638519, 9.999999682655225e-21, 0.10016742265918284],
    withoutGradient: true,
  },
  {
    name: "integers give f32",
    inputs: [given([0, 1], "i32")],
    apply: (x) => asin(x),
    tolerance: activation,
    dtype: "f32",
    expected: [0, 1.5707963267948966],
    withoutGradient: true,
  },
  ...fewShapes(unaryShapes(asin, { tolerance: activation, low: -0.875, high: 0.875 })),
]);
