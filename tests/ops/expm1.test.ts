import { expm1 } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { exponential, ulps } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("expm1", [
  {
    name: "known values",
    inputs: [given([0, 1, -1, 0.5, -0.5])],
    apply: (x) => expm1(x),
    tolerance: ulps(5),
    gradientTolerance: exponential,
    expected: [0, 1.7182818284590453, -0.6321205588285577, 0.6487212707001282, -0.3934693402873666],
    secondGradient: true,
    secondTolerance: exponential,
  },
  {
    name: "near 0, where e^x - 1 has lost all",
    inputs: [given([1e-7, -1e-7, 1e-20, -0.0003, 0.3, -0.4])],
    apply: (x) => expm1(x),
    tolerance: ulps(5),
    gradientTolerance: exponential,
    expected: [
      1.0000000500000016e-7, -9.999999500000016e-8, 1e-20, -0.0002999550044996625, 0.3498588075760031,
      -0.32967995396436073,
    ],
    dy: [1, 2, 3, 4, 5, 6],
    expectedGradients: [
      [1.000000100000005, 1.99999980000001, 3, 3.9988001799820014, 6.749294037880016, 4.0219202762138355],
    ],
  },
  {
    name: "large and small",
    inputs: [given([80, 88.5, -30, -1000, Number.NaN, Infinity, -Infinity])],
    apply: (x) => expm1(x),
    tolerance: exponential,
    expected: [5.54062238439351e34, 2.7230878250681117e38, -0.9999999999999064, -1, Number.NaN, Infinity, -1],
    withoutGradient: true,
  },
  {
    name: "integers give f32",
    inputs: [given([0, 2, -1], "i32")],
    apply: (x) => expm1(x),
    tolerance: ulps(5),
    dtype: "f32",
    expected: [0, 6.38905609893065, -0.6321205588285577],
    withoutGradient: true,
  },
  ...fewShapes(unaryShapes(expm1, { tolerance: ulps(5), gradientTolerance: exponential })),
]);
