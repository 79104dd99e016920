import { exp } from "../../src/ops/index.ts";
import { given, unaryShapes } from "./elementwiseCases.ts";
import { exponential } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("exp", [
  {
    name: "known values",
    inputs: [given([0, 1, -1])],
    apply: (x) => exp(x),
    tolerance: exponential,
    expected: [1, Math.E, 1 / Math.E],
    secondGradient: true,
  },
  {
    name: "large and small",
    inputs: [given([80, -80, -100, Number.NaN])],
    apply: (x) => exp(x),
    tolerance: exponential,
    expected: [Math.exp(80), Math.exp(-80), Math.exp(-100), Number.NaN],
    withoutGradient: true,
  },
  {
    name: "integers give f32",
    inputs: [given([0, 2, -1], "i32")],
    apply: (x) => exp(x),
    tolerance: exponential,
    dtype: "f32",
    expected: [1, Math.E ** 2, 1 / Math.E],
    withoutGradient: true,
  },
  ...unaryShapes(exp, { tolerance: exponential, secondGradient: true }),
]);
