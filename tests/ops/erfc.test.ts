import { erfc } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { activation, exponential, normalised } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("erfc", [
  {
    name: "known values",
    inputs: [given([0, 0.5, -1, 2, 3])],
    apply: (x) => erfc(x),
    tolerance: exponential,
    gradientTolerance: activation,
    expected: [1, 0.4795001221869535, 1.8427007929497148, 0.004677734981047266, 2.209049699858544e-5],
    secondGradient: true,
    secondTolerance: normalised,
  },
  {
    name: "far out, where it is small",
    inputs: [given([4, 6, 9, -3, -9])],
    apply: (x) => erfc(x),
    tolerance: exponential,
    expected: [1.541725790028002e-8, 2.1519736712498913e-17, 4.13703174651381e-37, 1.9999779095030015, 2],
    withoutGradient: true,
  },
  {
    name: "beyond",
    inputs: [given([30, 1000, Infinity, -Infinity, Number.NaN])],
    apply: (x) => erfc(x),
    tolerance: exponential,
    expected: [0, 0, 0, 2, Number.NaN],
    withoutGradient: true,
  },
  {
    name: "integers give f32",
    inputs: [given([0, 1, -2], "i32")],
    apply: (x) => erfc(x),
    tolerance: exponential,
    dtype: "f32",
    expected: [1, 0.15729920705028513, 1.9953222650189528],
    withoutGradient: true,
  },
  ...fewShapes(
    unaryShapes(erfc, { tolerance: exponential, gradientTolerance: activation, low: -4, high: 4 }),
  ),
]);
