import { log2 } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { logarithm, normalised, ulps } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("log2", [
  {
    name: "known values",
    inputs: [given([1, 2, 0.125, 10])],
    apply: (x) => log2(x),
    tolerance: logarithm,
    expected: [0, 1, -3, 3.321928094887362],
    secondGradient: true,
    secondTolerance: normalised,
  },
  {
    name: "at 0, below, and far out",
    inputs: [given([0, -0, -1, -Infinity, Infinity, Number.NaN, 3e38, 1.2e-38])],
    apply: (x) => log2(x),
    tolerance: logarithm,
    expected: [
      -Infinity,
      -Infinity,
      Number.NaN,
      Number.NaN,
      Infinity,
      Number.NaN,
      127.81823010644092,
      -125.97023319988598,
    ],
    withoutGradient: true,
  },
  {
    name: "near 1, where the result is small",
    inputs: [given([0.99, 1.01, 1.0001, 0.75, 1.5])],
    apply: (x) => log2(x),
    tolerance: ulps(5),
    expected: [
      -0.014499569695115089, 0.014355292977070054, 0.0001442622910945383, -0.4150374992788438,
      0.5849625007211562,
    ],
    withoutGradient: true,
  },
  {
    name: "integers give f32",
    inputs: [given([1, 8, 0], "i32")],
    apply: (x) => log2(x),
    tolerance: logarithm,
    dtype: "f32",
    expected: [0, 3, -Infinity],
    withoutGradient: true,
  },
  ...fewShapes(unaryShapes(log2, { tolerance: logarithm, low: 0.125, high: 5 })),
]);
