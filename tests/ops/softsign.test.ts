import { softsign } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { normalised, ulps } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("softsign", [
  {
    name: "known values",
    inputs: [given([-3, -1, 0.5, 2])],
    apply: (x) => softsign(x),
    tolerance: ulps(5),
    expected: [-0.75, -0.5, 0.3333333333333333, 0.6666666666666666],
    dy: [1, 2, 3, 4],
    expectedGradients: [[0.0625, 0.5, 1.3333333333333335, 0.4444444444444444]],
    secondGradient: true,
    secondTolerance: normalised,
  },
  {
    name: "at its corners",
    inputs: [given([0])],
    apply: (x) => softsign(x),
    tolerance: ulps(5),
    expected: [0],
    dy: [1],
    expectedGradients: [[1]],
  },
  {
    name: "zero, infinities, and no number",
    inputs: [given([Number.NaN, Infinity, -Infinity, -0])],
    apply: (x) => softsign(x),
    tolerance: ulps(5),
    expected: [Number.NaN, Number.NaN, Number.NaN, -0],
    withoutGradient: true,
  },
  {
    name: "integers give f32",
    inputs: [given([-7, 0, 7], "i32")],
    apply: (x) => softsign(x),
    tolerance: ulps(5),
    dtype: "f32",
    expected: [-0.875, 0, 0.875],
    withoutGradient: true,
  },
  ...fewShapes(unaryShapes((x) => softsign(x), { tolerance: ulps(5), low: 0.5, high: 4 })),
]);
