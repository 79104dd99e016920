import { sin } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { normalised, ulps } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("sin", [
  {
    name: "known values",
    inputs: [given([0, 0.5, -1, 2, -4])],
    apply: (x) => sin(x),
    tolerance: ulps(5),
    expected: [0, 0.479425538604203, -0.8414709848078965, 0.9092974268256817, 0.7568024953079282],
    dy: [1, 2, 3, 4, 5],
    expectedGradients: [
      [1, 1.7551651237807455, 1.6209069176044193, -1.6645873461885696, -3.2682181043180596],
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
    apply: (x) => sin(x),
    tolerance: ulps(5),
    expected: [
      -0.5063656411097588, -0.8268795405320025, -0.30561438888825215, 0.34999350217129294, 0.9923450937696126,
      -0.4875060250875107, -0.44313291020493195, -0.6452512852657808, -0.8721836054182673,
      -0.6233855129558702,
    ],
    withoutGradient: true,
  },
  {
    name: "near a zero",
    inputs: [
      given([3.1415927410125732, -6.2831854820251465, 1.5707963705062866, 1e-5, 22, 355, -710, 16367173]),
    ],
    apply: (x) => sin(x),
    tolerance: ulps(5),
    expected: [
      -8.742278000372475e-8, -1.7484556000744883e-7, 0.999999999999999, 9.999999999833334e-6,
      -0.008851309290403876, -3.014435335948845e-5, -6.0288706691585265e-5, 0.07914680734231885,
    ],
    withoutGradient: true,
  },
  {
    name: "no angle",
    inputs: [given([Infinity, -Infinity, Number.NaN, -0])],
    apply: (x) => sin(x),
    tolerance: ulps(5),
    expected: [Number.NaN, Number.NaN, Number.NaN, -0],
    withoutGradient: true,
  },
  {
    name: "integers give f32",
    inputs: [given([0, 1, -2], "i32")],
    apply: (x) => sin(x),
    tolerance: ulps(5),
    dtype: "f32",
    expected: [0, 0.8414709848078965, -0.9092974268256817],
    withoutGradient: true,
  },
  ...fewShapes(unaryShapes(sin, { tolerance: ulps(5), low: -10, high: 10 })),
]);
