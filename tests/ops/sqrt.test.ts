import { sqrt } from "../../src/ops/index.ts";
import { given, unaryShapes } from "./elementwiseCases.ts";
import { ulps } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("sqrt", [
  {
    name: "known values",
    inputs: [given([4, 2, 0.0625])],
    apply: (x) => sqrt(x),
    tolerance: ulps(5),
    expected: [2, Math.SQRT2, 0.25],
    secondGradient: true,
  },
  {
    name: "0 and no number",
    inputs: [given([0, Number.NaN])],
    apply: (x) => sqrt(x),
    tolerance: ulps(5),
    expected: [0, Number.NaN],
    withoutGradient: true,
  },
  {
    name: "no number below 0",
    inputs: [given([-1])],
    apply: (x) => sqrt(x),
    tolerance: ulps(5),
    expected: [Number.NaN],
    withoutGradient: true,
    referenceOnly: "WGSL leaves sqrt open below 0",
  },
  {
    name: "integers give f32",
    inputs: [given([0, 9], "i32")],
    apply: (x) => sqrt(x),
    tolerance: ulps(5),
    dtype: "f32",
    expected: [0, 3],
    withoutGradient: true,
  },
  ...unaryShapes(sqrt, { tolerance: ulps(5), low: 0.125, high: 9 }),
]);
