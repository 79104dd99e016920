import { asinh } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { activation, normalised, ulps } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("asinh", [
  {
    name: "known values",
    inputs: [given([0, 1, -0.5, 3, -0.25])],
    apply: (x) => asinh(x),
    tolerance: activation,
    expected: [0, 0.881373587019543, -0.48121182505960347, 1.8184464592320668, -0.24746646154726346],
    dy: [1, 2, 3, 4, 5],
    expectedGradients: [[1, 1.414213562373095, 2.6832815729997477, 1.2649110640673518, 4.85071250072666]],
    secondGradient: true,
    secondTolerance: normalised,
  },
  {
    name: "at the ends and beyond",
    inputs: [given([Infinity, -Infinity, Number.NaN, -0, 1e30, -3e38])],
    apply: (x) => asinh(x),
    tolerance: activation,
    expected: [Infinity, -Infinity, Number.NaN, -0, 69.77069997038132, -89.2899930030018],
    withoutGradient: true,
  },
  {
    name: "near 0, relative to its size",
    inputs: [
      given([9.999999747378752e-6, -0.009999999776482582, 9.999999682655225e-21, 0.10000000149011612]),
    ],
    apply: (x) => asinh(x),
    tolerance: ulps(5),
    expected: [9.999999747212084e-6, -0.009999833117326645, 9.999999682655225e-21, 0.09983408038192852],
    withoutGradient: true,
  },
  {
    name: "integers give f32",
    inputs: [given([0, 1], "i32")],
    apply: (x) => asinh(x),
    tolerance: activation,
    dtype: "f32",
    expected: [0, 0.881373587019543],
    withoutGradient: true,
  },
  ...fewShapes(unaryShapes(asinh, { tolerance: activation, low: -5, high: 5 })),
]);
