import { atan2 } from "../../src/ops/index.ts";
import { binaryShapes, fewShapes, given } from "./elementwiseCases.ts";
import { activation, normalised } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("atan2", [
  {
    name: "known values",
    inputs: [given([1, -1, 1, -1, 0.5, 3]), given([1, 1, -1, -1, 2, -0.25])],
    apply: (a, b) => atan2(a, b),
    tolerance: activation,
    expected: [
      0.7853981633974483, -0.7853981633974483, 2.356194490192345, -2.356194490192345, 0.24497866312686414,
      1.6539375586833378,
    ],
    dy: [1, 2, 3, 4, 5, 6],
    expectedGradients: [
      [0.5, 1, -1.5, -2, 2.3529411764705883, -0.16551724137931034],
      [-0.5, 1, -1.5, 2, -0.5882352941176471, -1.986206896551724],
    ],
    secondGradient: true,
    secondTolerance: normalised,
  },
  {
    name: "on the axes",
    inputs: [given([0, -0, 0, -0, 1, -2, 0, 0]), given([1, 2, -1, -2, 0, 0, 0, -0])],
    apply: (a, b) => atan2(a, b),
    tolerance: activation,
    expected: [
      0, -0, 3.141592653589793, -3.141592653589793, 1.5707963267948966, -1.5707963267948966, 0,
      3.141592653589793,
    ],
    withoutGradient: true,
  },
  {
    name: "infinities, and no number",
    inputs: [
      given([Infinity, Infinity, -Infinity, 1, 1, -Infinity, Number.NaN, 1]),
      given([Infinity, -Infinity, -Infinity, Infinity, -Infinity, 2, 1, Number.NaN]),
    ],
    apply: (a, b) => atan2(a, b),
    tolerance: activation,
    expected: [
      0.7853981633974483,
      2.356194490192345,
      -2.356194490192345,
      0,
      3.141592653589793,
      -1.5707963267948966,
      Number.NaN,
      Number.NaN,
    ],
    withoutGradient: true,
  },
  {
    name: "large and small",
    inputs: [given([1e-30, 1e38, -1e30, 3e-38]), given([1e-30, -1e38, 1e29, 1e-37])],
    apply: (a, b) => atan2(a, b),
    tolerance: activation,
    expected: [0.7853981633974483, 2.356194490192345, -1.4711276743037347, 0.29145679447786704],
    withoutGradient: true,
  },
  {
    name: "no gradient at the origin",
    inputs: [given([0]), given([0])],
    apply: (a, b) => atan2(a, b),
    tolerance: activation,
    expected: [0],
    dy: [1],
    expectedGradients: [[0], [-0]],
  },
  {
    name: "integers give f32",
    inputs: [given([1, -1], "i32"), given([1, 0], "i32")],
    apply: (a, b) => atan2(a, b),
    tolerance: activation,
    dtype: "f32",
    expected: [0.7853981633974483, -1.5707963267948966],
    withoutGradient: true,
  },
  ...fewShapes(binaryShapes(atan2, { tolerance: activation, summed: () => normalised, low: 0.5, high: 3 })),
]);
