import { sigmoid } from "../../src/ops/index.ts";
import { given, unaryShapes } from "./elementwiseCases.ts";
import { activation } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("sigmoid", [
  {
    name: "known values",
    inputs: [given([0, Math.log(3), -Math.log(3)])],
    apply: (x) => sigmoid(x),
    tolerance: activation,
    expected: [0.5, 0.75, 0.25],
    secondGradient: true,
  },
  {
    name: "far out",
    inputs: [given([200, -200, 1e30, -1e30, Infinity, -Infinity])],
    apply: (x) => sigmoid(x),
    tolerance: activation,
    expected: [1, 0, 1, 0, 1, 0],
    expectedGradients: [[0, 0, 0, 0, 0, 0]],
  },
  {
    name: "no number",
    inputs: [given([Number.NaN])],
    apply: (x) => sigmoid(x),
    tolerance: activation,
    expected: [Number.NaN],
    withoutGradient: true,
  },
  {
    name: "bool gives f32",
    inputs: [given([0, 1], "bool")],
    apply: (x) => sigmoid(x),
    tolerance: activation,
    dtype: "f32",
    expected: [0.5, 1 / (1 + 1 / Math.E)],
    withoutGradient: true,
  },
  ...unaryShapes(sigmoid, { tolerance: activation, low: -8, high: 8, secondGradient: true }),
]);
