import { erf, erfInv } from "../../src/ops/index.ts";
import { given, unaryShapes } from "./elementwiseCases.ts";
import { activation, normalised } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("erfInv", [
  {
    name: "known values",
    inputs: [given([0, 0.5, -0.5, 0.99])],
    apply: (x) => erfInv(x),
    tolerance: activation,
    gradientTolerance: normalised,
    expected: [0, 0.4769362762044699, -0.4769362762044699, 1.8213863677184496],
  },
  {
    name: "the inverse of erf",
    inputs: [given([-1.5, -0.25, 0.125, 1, 2])],
    apply: (x) => erfInv(erf(x)),
    tolerance: activation,
    expected: [-1.5, -0.25, 0.125, 1, 2],
    withoutGradient: true,
    referenceOnly: "at 2 an error of erf grows fifty times",
  },
  {
    name: "close to 1",
    inputs: [{ shape: [64], low: 0.9, high: 0.9999 }],
    apply: (x) => erfInv(x),
    tolerance: activation,
    withoutGradient: true,
  },
  {
    name: "at 1 and beyond",
    inputs: [given([1, -1, 1.5, Number.NaN, Infinity, -Infinity])],
    apply: (x) => erfInv(x),
    tolerance: activation,
    expected: [Infinity, -Infinity, Number.NaN, Number.NaN, Number.NaN, Number.NaN],
    withoutGradient: true,
    referenceOnly: "the op is defined between -1 and 1; WGSL leaves log open at 0 and below",
  },
  ...unaryShapes(erfInv, { tolerance: activation, gradientTolerance: normalised, low: -0.95, high: 0.95 }),
]);
