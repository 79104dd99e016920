import { cos } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { normalised, ulps } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("cos", [
  {
    name: "known values",
    inputs: [given([0, 0.5, -1, 2, -4])],
    apply: (x) => cos(x),
    tolerance: ulps(5),
    expected: [1, 0.8775825618903728, 0.5403023058681398, -0.4161468365471424, -0.6536436208636119],
    dy: [1, 2, 3, 4, 5],
    expectedGradients: [
      [-0, -0.958851077208406, 2.5244129544236893, -3.637189707302727, -3.7840124765396412],
    ],
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
    apply: (x) => cos(x),
    tolerance: ulps(5),
    expected: [
      0.8623188722876839, 0.5623790762907029, -0.9521553682590148, 0.9367521275331447, -0.12349580912475928,
      0.873119622676856, 0.8964559241219323, 0.7639704044417283, 0.48917865697472146, 0.78191463871496,
    ],
    withoutGradient: true,
  },
  {
    name: "near a zero",
    inputs: [
      given([3.1415927410125732, -6.2831854820251465, 1.5707963705062866, 1e-5, 22, 355, -710, 16367173]),
    ],
    apply: (x) => cos(x),
    tolerance: ulps(5),
    expected: [
      -0.9999999999999962, 0.9999999999999847, -4.371139000186241e-8, 0.99999999995, -0.9999608263946371,
      -0.999999999545659, 0.999999998182636, -0.9968629709681857,
    ],
    withoutGradient: true,
  },
  {
    name: "no angle",
    inputs: [given([Infinity, -Infinity, Number.NaN, -0])],
    apply: (x) => cos(x),
    tolerance: ulps(5),
    expected: [Number.NaN, Number.NaN, Number.NaN, 1],
    withoutGradient: true,
  },
  {
    name: "integers give f32",
    inputs: [given([0, 1, -2], "i32")],
    apply: (x) => cos(x),
    tolerance: ulps(5),
    dtype: "f32",
    expected: [1, 0.5403023058681398, -0.4161468365471424],
    withoutGradient: true,
  },
  ...fewShapes(unaryShapes(cos, { tolerance: ulps(5), low: -10, high: 10 })),
]);
