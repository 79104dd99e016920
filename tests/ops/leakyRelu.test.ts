import { leakyRelu } from "../../src/ops/index.ts";
import { given, unaryShapes } from "./elementwiseCases.ts";
import { exact, ulps } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("leakyRelu", [
  {
    name: "known values",
    inputs: [given([-4, 0, 2.5, Number.NaN])],
    apply: (x) => leakyRelu(x, { negativeSlope: 0.25 }),
    tolerance: exact,
    expected: [-1, 0, 2.5, Number.NaN],
    withoutGradient: true,
  },
  {
    name: "the slope of 0.01 where none is given",
    inputs: [given([-100, 100])],
    apply: (x) => leakyRelu(x),
    tolerance: ulps(1),
    roundsConstants: true,
    expected: [-1, 100],
  },
  {
    name: "at 0 the slope is that of the negative side",
    inputs: [given([-1, 0, 2])],
    apply: (x) => leakyRelu(x, { negativeSlope: 0.5 }),
    tolerance: exact,
    dy: [2, 4, 7],
    expectedGradients: [[1, 2, 7]],
  },
  ...unaryShapes((x) => leakyRelu(x), { tolerance: ulps(1) }),
]);
