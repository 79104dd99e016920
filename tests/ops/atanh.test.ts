import { atanh } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { activation, normalised, ulps } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("atanh", [
  {
    name: "known values",
    inputs: [given([0, 0.5, -0.5, 0.75, -0.25])],
    apply: (x) => atanh(x),
    tolerance: activation,
    expected: [0, 0.5493061443340548, -0.5493061443340548, 0.9729550745276566, -0.25541281188299536],
    dy: [1, 2, 3, 4, 5],
    expectedGradients: [[1, 2.6666666666666665, 4, 9.142857142857142, 5.333333333333333]],
    secondGradient: true,
    secondTolerance: normalised,
  },
  {
    name: "at the ends and beyond",
    inputs: [given([1, -1, 1.5, -2, Infinity, Number.NaN, -0])],
    apply: (x) => atanh(x),
    tolerance: activation,
    expected: [Infinity, -Infinity, Number.NaN, Number.NaN, Number.NaN, Number.NaN, -0],
    withoutGradient: true,
  },
  {
    name: "near 0, relative to its size",
    inputs: [
      given([9.999999747378752e-6, -0.009999999776482582, 9.999999682655225e-21, 0.10000000149011612]),
    ],
    apply: (x) => atanh(x),
    tolerance: ulps(5),
    expected: [9.999999747712085e-6, -0.01000033312979499, 9.999999682655225e-21, 0.10033534923624338],
    withoutGradient: true,
  },
  {
    name: "integers give f32",
    inputs: [given([0], "i32")],
    apply: (x) => atanh(x),
    tolerance: activation,
    dtype: "f32",
    expected: [0],
    withoutGradient: true,
  },
  ...fewShapes(unaryShapes(atanh, { tolerance: activation, low: -0.875, high: 0.875 })),
]);
