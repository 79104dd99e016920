import { heaviside } from "../../src/ops/index.ts";
import { binaryShapes, fewShapes, given } from "./elementwiseCases.ts";
import { exact } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("heaviside", [
  {
    name: "known values",
    inputs: [given([-1, 0, 2, -0]), given([0.5, 0.5, 0.5, 0.25])],
    apply: (a, b) => heaviside(a, b),
    tolerance: exact,
    expected: [0, 0.5, 1, 0.25],
    withoutGradient: true,
  },
  {
    name: "infinities, and no number",
    inputs: [given([Infinity, -Infinity, Number.NaN, 0]), given([7, 7, 7, Number.NaN])],
    apply: (a, b) => heaviside(a, b),
    tolerance: exact,
    expected: [1, 0, 0, Number.NaN],
    withoutGradient: true,
  },
  {
    name: "integers",
    inputs: [given([3, 0, -2], "i32"), given([-4, 7, 9], "i32")],
    apply: (a, b) => heaviside(a, b),
    tolerance: exact,
    dtype: "i32",
    expected: [1, 7, 0],
    withoutGradient: true,
  },
  {
    name: "u32",
    inputs: [given([3, 0], "u32"), given([4, 7], "u32")],
    apply: (a, b) => heaviside(a, b),
    tolerance: exact,
    dtype: "u32",
    expected: [1, 7],
    withoutGradient: true,
  },
  ...fewShapes(binaryShapes(heaviside, { tolerance: exact, withoutGradient: true })),
]);
