import { maximum } from "../../src/ops/index.ts";
import { binaryShapes, given } from "./elementwiseCases.ts";
import { exact, sums } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("maximum", [
  {
    name: "known values",
    inputs: [given([1, -2, 0, Infinity, -Infinity]), given([2, -3, 0, 5, 5])],
    apply: (a, b) => maximum(a, b),
    tolerance: exact,
    expected: [2, -2, 0, Infinity, 5],
    withoutGradient: true,
  },
  {
    name: "no number on either side",
    inputs: [given([Number.NaN, 1, Number.NaN]), given([1, Number.NaN, Number.NaN])],
    apply: (a, b) => maximum(a, b),
    tolerance: exact,
    expected: [Number.NaN, Number.NaN, Number.NaN],
    withoutGradient: true,
  },
  {
    name: "no number against a number",
    inputs: [given([Number.NaN, 3])],
    apply: (a) => maximum(a, 1),
    tolerance: exact,
    expected: [Number.NaN, 3],
    withoutGradient: true,
  },
  {
    name: "equal values share the gradient",
    inputs: [given([1, 2, 3]), given([1, 5, -4])],
    apply: (a, b) => maximum(a, b),
    tolerance: exact,
    dy: [4, 6, 8],
    expectedGradients: [
      [2, 0, 8],
      [2, 6, 0],
    ],
  },
  {
    name: "i32 where f32 cannot tell them apart",
    inputs: [given([16777217, -3], "i32"), given([16777216, -4], "i32")],
    apply: (a, b) => maximum(a, b),
    tolerance: exact,
    dtype: "i32",
    expected: [16777217, -3],
    withoutGradient: true,
  },
  {
    name: "u32 beyond i32",
    inputs: [given([4294967295], "u32"), given([1], "u32")],
    apply: (a, b) => maximum(a, b),
    tolerance: exact,
    dtype: "u32",
    expected: [4294967295],
    withoutGradient: true,
  },
  {
    name: "bools count as i32",
    inputs: [given([0, 0, 1, 1], "bool"), given([0, 1, 0, 1], "bool")],
    apply: (a, b) => maximum(a, b),
    tolerance: exact,
    dtype: "i32",
    expected: [0, 1, 1, 1],
    withoutGradient: true,
  },
  ...binaryShapes(maximum, { tolerance: exact }),
  {
    name: "a gradient summed over rows",
    inputs: [
      { shape: [3, 8], integers: true, low: -50, high: 50 },
      { shape: [8], integers: true, low: -50, high: 50 },
    ],
    apply: (a, b) => maximum(a, b),
    tolerance: exact,
    gradientTolerance: sums(3),
  },
]);
