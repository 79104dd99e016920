import { tan } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { activation, normalised, ulps } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("tan", [
  {
    name: "known values",
    inputs: [given([0, 0.5, -1, 2, -4])],
    apply: (x) => tan(x),
    tolerance: activation,
    expected: [0, 0.5463024898437905, -1.5574077246549023, -2.185039863261519, -1.1578212823495775],
    dy: [1, 2, 3, 4, 5],
    expectedGradients: [[1, 2.5968928208190496, 10.27655646244428, 23.09759681616767, 11.702750609308099]],
    secondGradient: true,
    secondTolerance: normalised,
  },
  {
    name: "far out, where every turn counts",
    inputs: [
      given([
        100, -1000, 10000, -1000000, 8388607, 10000000000, -3e16, 1e20, 1.2676506002282294e30,
        -1.7014118346046923e38,
      ]),
    ],
    apply: (x) => tan(x),
    tolerance: activation,
    expected: [
      -0.5872139151569291, -1.4703241557027185, 0.3209711346238147, 0.373624453987599, -8.035455622361361,
      -0.5583496378112418, -0.4943164502359391, -0.8446024630198843, -1.782955149376719, -0.7972552016424389,
    ],
    withoutGradient: true,
  },
  {
    name: "near a zero and a pole",
    inputs: [given([3.1415927410125732, 1.5707963705062866, 1e-5, -22, 355, 11])],
    apply: (x) => tan(x),
    tolerance: ulps(5),
    expected: [
      8.742278000372508e-8, -22877332.42885646, 1.0000000000333334e-5, -0.00885165604168446,
      3.0144353373184265e-5, -225.95084645419513,
    ],
    withoutGradient: true,
  },
  {
    name: "no angle",
    inputs: [given([Infinity, -Infinity, Number.NaN, -0])],
    apply: (x) => tan(x),
    tolerance: activation,
    expected: [Number.NaN, Number.NaN, Number.NaN, -0],
    withoutGradient: true,
  },
  {
    name: "integers give f32",
    inputs: [given([0, 1, -2], "i32")],
    apply: (x) => tan(x),
    tolerance: activation,
    dtype: "f32",
    expected: [0, 1.5574077246549023, 2.185039863261519],
    withoutGradient: true,
  },
  ...fewShapes(unaryShapes(tan, { tolerance: activation, low: -1, high: 1.25 })),
]);
