import { gelu } from "../../src/ops/index.ts";
import { given, unaryShapes } from "./elementwiseCases.ts";
import { activation } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("gelu", [
  {
    name: "known values",
    inputs: [given([0, 1, -1, 2])],
    apply: (x) => gelu(x),
    tolerance: activation,
    roundsConstants: true,
    expected: [0, 0.8413447460685429, -0.15865525393145707, 1.9544997361036416],
    secondGradient: true,
  },
  {
    name: "far out",
    inputs: [given([100, -100, 1e18, -1e18, Number.NaN])],
    apply: (x) => gelu(x),
    tolerance: activation,
    roundsConstants: true,
    expected: [100, 0, 1e18, 0, Number.NaN],
    withoutGradient: true,
  },
  {
    name: "by tanh: known values",
    inputs: [given([0, 1, -1, 2])],
    apply: (x) => gelu(x, { approximate: "tanh" }),
    tolerance: activation,
    roundsConstants: true,
    expected: [0, 0.8411919906082768, -0.15880800939172324, 1.954597694087775],
    secondGradient: true,
  },
  {
    name: "by tanh: far out",
    inputs: [given([100, -100, Number.NaN])],
    apply: (x) => gelu(x, { approximate: "tanh" }),
    tolerance: activation,
    roundsConstants: true,
    expected: [100, 0, Number.NaN],
    withoutGradient: true,
  },
  ...unaryShapes(gelu, { tolerance: activation, low: -4, high: 4, secondGradient: true }),
  ...unaryShapes((x) => gelu(x, { approximate: "tanh" }), { tolerance: activation, low: -4, high: 4 }).map(
    (one) => ({
      ...one,
      name: `by tanh: ${one.name}`,
    }),
  ),
]);
