import { silu } from "../../src/ops/index.ts";
import { given, unaryShapes } from "./elementwiseCases.ts";
import { activation } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("silu", [
  {
    name: "known values",
    inputs: [given([0, Math.log(3), 1])],
    apply: (x) => silu(x),
    tolerance: activation,
    expected: [0, 0.75 * Math.log(3), 0.7310585786300049],
    secondGradient: true,
  },
  {
    name: "far out",
    inputs: [given([200, -200, Number.NaN])],
    apply: (x) => silu(x),
    tolerance: activation,
    expected: [200, -200 * Math.exp(-200), Number.NaN],
    withoutGradient: true,
  },
  ...unaryShapes(silu, { tolerance: activation, low: -8, high: 8 }),
]);
