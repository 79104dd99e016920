import { exp2 } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { exponential } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("exp2", [
  {
    name: "known values",
    inputs: [given([0, 1, -1, 0.5, 10])],
    apply: (x) => exp2(x),
    tolerance: exponential,
    expected: [1, 2, 0.5, 1.4142135623730951, 1024],
    secondGradient: true,
  },
  {
    name: "large and small",
    inputs: [given([127.5, -125.5, 2000, -2000, Number.NaN, Infinity, -Infinity])],
    apply: (x) => exp2(x),
    tolerance: exponential,
    expected: [2.4061596916800453e38, 1.662400053425836e-38, Infinity, 0, Number.NaN, Infinity, 0],
    withoutGradient: true,
  },
  {
    name: "integers give f32",
    inputs: [given([0, 3, -1], "i32")],
    apply: (x) => exp2(x),
    tolerance: exponential,
    dtype: "f32",
    expected: [1, 8, 0.5],
    withoutGradient: true,
  },
  ...fewShapes(unaryShapes(exp2, { tolerance: exponential, secondGradient: true })),
]);
