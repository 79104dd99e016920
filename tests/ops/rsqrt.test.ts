import { rsqrt } from "../../src/ops/index.ts";
import { given, unaryShapes } from "./elementwiseCases.ts";
import { ulps } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("rsqrt", [
  {
    name: "known values",
    inputs: [given([4, 2, 0.0625])],
    apply: (x) => rsqrt(x),
    tolerance: ulps(5),
    expected: [0.5, Math.SQRT1_2, 4],
    secondGradient: true,
  },
  {
    name: "integers give f32",
    inputs: [given([16, 1], "i32")],
    apply: (x) => rsqrt(x),
    tolerance: ulps(5),
    dtype: "f32",
    expected: [0.25, 1],
    withoutGradient: true,
  },
  ...unaryShapes(rsqrt, { tolerance: ulps(5), low: 0.125, high: 9 }),
]);
