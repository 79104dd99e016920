import { log } from "../../src/ops/index.ts";
import { given, unaryShapes } from "./elementwiseCases.ts";
import { logarithm, ulps } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("log", [
  {
    name: "known values",
    inputs: [given([1, Math.E, 8, 0.5])],
    apply: (x) => log(x),
    tolerance: logarithm,
    gradientTolerance: ulps(3),
    expected: [0, 1, 3 * Math.LN2, -Math.LN2],
    secondGradient: true,
  },
  {
    name: "no number below 0",
    inputs: [given([0, -1])],
    apply: (x) => log(x),
    tolerance: logarithm,
    expected: [-Infinity, Number.NaN],
    withoutGradient: true,
    referenceOnly: "WGSL leaves log open at 0 and below; a software adapter gives -88 at 0",
  },
  {
    name: "no number",
    inputs: [given([Number.NaN])],
    apply: (x) => log(x),
    tolerance: logarithm,
    expected: [Number.NaN],
    withoutGradient: true,
  },
  {
    name: "integers give f32",
    inputs: [given([1, 1000], "u32")],
    apply: (x) => log(x),
    tolerance: logarithm,
    dtype: "f32",
    expected: [0, 3 * Math.LN10],
    withoutGradient: true,
  },
  ...unaryShapes(log, { tolerance: logarithm, gradientTolerance: ulps(3), low: 0.125, high: 9 }),
]);
