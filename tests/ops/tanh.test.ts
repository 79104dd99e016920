import { tanh } from "../../src/ops/index.ts";
import { given, unaryShapes } from "./elementwiseCases.ts";
import { activation } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("tanh", [
  {
    name: "known values",
    inputs: [given([0, 1, -1, Math.log(2)])],
    apply: (x) => tanh(x),
    tolerance: activation,
    expected: [0, 0.7615941559557649, -0.7615941559557649, 0.6],
    secondGradient: true,
  },
  {
    name: "far out, where it overflows on some devices",
    inputs: [given([15, 45, 89, -89, 1e30, -Infinity])],
    apply: (x) => tanh(x),
    tolerance: activation,
    expected: [Math.tanh(15), 1, 1, -1, 1, -1],
    withoutGradient: true,
  },
  {
    name: "flat far out",
    inputs: [given([89, -89])],
    apply: (x) => tanh(x),
    tolerance: activation,
    expectedGradients: [[0, 0]],
  },
  {
    name: "no number",
    inputs: [given([Number.NaN])],
    apply: (x) => tanh(x),
    tolerance: activation,
    expected: [Number.NaN],
    withoutGradient: true,
  },
  {
    name: "integers give f32",
    inputs: [given([0, 100], "i32")],
    apply: (x) => tanh(x),
    tolerance: activation,
    dtype: "f32",
    expected: [0, 1],
    withoutGradient: true,
  },
  ...unaryShapes(tanh, { tolerance: activation, low: -4, high: 4, secondGradient: true }),
]);
