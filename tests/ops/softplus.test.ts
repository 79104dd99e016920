import { softplus } from "../../src/ops/index.ts";
import { given, unaryShapes } from "./elementwiseCases.ts";
import { activation } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("softplus", [
  {
    name: "known values",
    inputs: [given([0, Math.log(3), -Math.log(3)])],
    apply: (x) => softplus(x),
    tolerance: activation,
    expected: [Math.LN2, 2 * Math.LN2, Math.log(4 / 3)],
    secondGradient: true,
  },
  {
    name: "far out",
    inputs: [given([100, -100, 1e30, -1e30, Number.NaN])],
    apply: (x) => softplus(x),
    tolerance: activation,
    expected: [100, Math.exp(-100), 1e30, 0, Number.NaN],
    withoutGradient: true,
  },
  {
    name: "slopes far out",
    inputs: [given([100, -100])],
    apply: (x) => softplus(x),
    tolerance: activation,
    dy: [1, 1],
    expectedGradients: [[1, 0]],
  },
  ...unaryShapes(softplus, { tolerance: activation, low: -8, high: 8 }),
]);
