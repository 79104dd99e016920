import { copysign } from "../../src/ops/index.ts";
import { binaryShapes, fewShapes, given } from "./elementwiseCases.ts";
import { exact } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("copysign", [
  {
    name: "known values",
    inputs: [given([1, -2, 3, -4, 0]), given([-5, 0.5, 2, -1, 1])],
    apply: (a, b) => copysign(a, b),
    tolerance: exact,
    expected: [-1, 2, 3, -4, 0],
    dy: [1, 2, 3, 4, 5],
    expectedGradients: [
      [-1, -2, 3, 4, 0],
      [0, 0, 0, 0, 0],
    ],
  },
  {
    name: "zeros, infinities, and no number",
    inputs: [given([1, -1, 0, -0, Infinity, Number.NaN, 2]), given([-0, 0, -1, 1, -Infinity, -1, -Infinity])],
    apply: (a, b) => copysign(a, b),
    tolerance: exact,
    expected: [-1, 1, -0, 0, -Infinity, Number.NaN, -2],
    withoutGradient: true,
  },
  {
    name: "integers give f32",
    inputs: [given([3, -3], "i32"), given([-4, 4], "i32")],
    apply: (a, b) => copysign(a, b),
    tolerance: exact,
    dtype: "f32",
    expected: [-3, 3],
    withoutGradient: true,
  },
  ...fewShapes(binaryShapes(copysign, { tolerance: exact, withoutGradient: true })),
]);
