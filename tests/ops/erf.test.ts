import { erf } from "../../src/ops/index.ts";
import { given, unaryShapes } from "./elementwiseCases.ts";
import { activation } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("erf", [
  {
    name: "known values",
    inputs: [given([0, 0.5, 1, -1, 2, 3, -4])],
    apply: (x) => erf(x),
    tolerance: activation,
    expected: [
      0, 0.5204998778130465, 0.8427007929497149, -0.8427007929497149, 0.9953222650189527, 0.9999779095030014,
      -0.9999999845827421,
    ],
    secondGradient: true,
  },
  {
    name: "far out",
    inputs: [given([7, -1000, 1e30, -Infinity, Number.NaN])],
    apply: (x) => erf(x),
    tolerance: activation,
    expected: [1, -1, 1, -1, Number.NaN],
    withoutGradient: true,
  },
  {
    name: "where its two forms meet",
    inputs: [{ shape: [101], low: 0.45, high: 0.55 }],
    apply: (x) => erf(x),
    tolerance: activation,
  },
  {
    name: "integers give f32",
    inputs: [given([0, 1], "i32")],
    apply: (x) => erf(x),
    tolerance: activation,
    dtype: "f32",
    expected: [0, 0.8427007929497149],
    withoutGradient: true,
  },
  ...unaryShapes(erf, { tolerance: activation, low: -4, high: 4 }),
]);
