import { div } from "../../src/ops/index.ts";
import { binaryShapes, given, numberCases } from "./elementwiseCases.ts";
import { normalised, sums, ulps } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("div", [
  {
    name: "known values",
    inputs: [given([1, -3, 0, Number.NaN]), given([4, 2, 5, 2])],
    apply: (a, b) => div(a, b),
    tolerance: ulps(3),
    expected: [0.25, -1.5, 0, Number.NaN],
    withoutGradient: true,
  },
  {
    name: "by 0",
    inputs: [given([1, -1, 0, 1]), given([0, 0, 0, -0])],
    apply: (a, b) => div(a, b),
    tolerance: ulps(3),
    expected: [Infinity, -Infinity, Number.NaN, -Infinity],
    withoutGradient: true,
    referenceOnly: "WGSL leaves division by 0 open",
  },
  {
    name: "integers give f32",
    inputs: [given([7, -1], "i32"), given([2, 4], "i32")],
    apply: (a, b) => div(a, b),
    tolerance: ulps(3),
    dtype: "f32",
    expected: [3.5, -0.25],
    withoutGradient: true,
  },
  {
    name: "bools give f32",
    inputs: [given([0, 1], "bool"), given([1, 1], "bool")],
    apply: (a, b) => div(a, b),
    tolerance: ulps(3),
    dtype: "f32",
    expected: [0, 1],
    withoutGradient: true,
  },
  {
    name: "a value by itself",
    inputs: [{ shape: [5], low: 1, high: 3 }],
    apply: (a) => div(a, a),
    tolerance: ulps(3),
    gradientTolerance: normalised,
    secondGradient: true,
  },
  ...numberCases(div, { tolerance: ulps(3), low: 0.5, high: 3 }).filter(
    ({ name }) => name !== "0 on the right",
  ),
  ...binaryShapes(div, {
    tolerance: ulps(3),
    summed: sums,
    second: { low: 0.5, high: 3 },
  }),
  {
    name: "second gradients",
    inputs: [{ shape: [7, 3] }, { shape: [7, 3], low: 0.5, high: 3 }],
    apply: (a, b) => div(a, b),
    tolerance: ulps(3),
    secondGradient: true,
    secondTolerance: normalised,
  },
]);
