import { tanhShrink } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { activation, normalised } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("tanhShrink", [
  {
    name: "known values",
    inputs: [given([-3, -1, 0, 0.5, 2])],
    apply: (x) => tanhShrink(x),
    tolerance: activation,
    expected: [-2.0049452463132695, -0.23840584404423515, 0, 0.03788284273999021, 1.035972419924183],
    dy: [1, 2, 3, 4, 5],
    expectedGradients: [[0.9901339628345598, 1.1600513167719477, 0, 0.8542090681362904, 4.646745875734178]],
    secondGradient: true,
    secondTolerance: normalised,
  },
  {
    name: "zero, infinities, and no number",
    inputs: [given([Number.NaN, Infinity, -Infinity])],
    apply: (x) => tanhShrink(x),
    tolerance: activation,
    expected: [Number.NaN, Infinity, -Infinity],
    withoutGradient: true,
  },
  {
    name: "integers give f32",
    inputs: [given([-7, 0, 7], "i32")],
    apply: (x) => tanhShrink(x),
    tolerance: activation,
    dtype: "f32",
    expected: [-6.0000016630560555, 0, 6.0000016630560555],
    withoutGradient: true,
  },
  ...fewShapes(unaryShapes((x) => tanhShrink(x), { tolerance: activation, low: -4, high: 4 })),
]);
