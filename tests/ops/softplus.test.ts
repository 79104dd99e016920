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
  {
    name: "sharper, and straight from 2 on",
    inputs: [given([-1, 0, 0.5, 2, 3])],
    apply: (x) => softplus(x, { beta: 2, threshold: 2 }),
    tolerance: activation,
    expected: [0.06346400552148625, 0.34657359027997264, 0.6566308437591114, 2, 3],
    dy: [1, 2, 3, 4, 5],
    expectedGradients: [[0.11920292202211755, 1, 2.193175735890015, 4, 5]],
  },
  ...unaryShapes((x) => softplus(x), { tolerance: activation, low: -8, high: 8 }),
]);
