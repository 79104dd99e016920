import { DtypeError, ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { prelu } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { normalised, ulps } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("prelu", [
  {
    name: "a slope for all",
    inputs: [given([-2, 3, -1, 0.5]), given([0.25])],
    apply: (x, weight) => prelu(x, weight),
    tolerance: ulps(5),
    gradientTolerance: normalised,
    expected: [-0.5, 3, -0.25, 0.5],
    dy: [1, 2, 3, 4],
    expectedGradients: [[0.25, 2, 0.75, 4], [-5]],
  },
  {
    name: "a slope for each channel",
    inputs: [
      { shape: [2, 3, 2], values: [-1, 2, -3, 0, 0.5, -0.5, 1, -2, 3, -4, 5, -6] },
      { shape: [3], values: [0.25, -0.5, 2] },
    ],
    apply: (x, weight) => prelu(x, weight),
    tolerance: ulps(5),
    gradientTolerance: normalised,
    expected: [-0.25, 2, 1.5, -0, 0.5, -1, 1, -0.5, 3, 2, 5, -12],
    dy: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    expectedGradients: [
      [0.25, 2, -1.5, -2, 5, 12, 7, 2, 9, -5, 11, 24],
      [-17, -49, -75],
    ],
  },
  {
    name: "zero, infinities, and no number",
    inputs: [given([Number.NaN, Infinity, -Infinity, -0]), given([0.25])],
    apply: (x, weight) => prelu(x, weight),
    tolerance: ulps(5),
    expected: [Number.NaN, Infinity, -Infinity, -0],
    withoutGradient: true,
  },
  {
    name: "an infinity gives slopes no part",
    inputs: [given([Infinity, -2]), given([0.25])],
    apply: (x, weight) => prelu(x, weight),
    tolerance: ulps(5),
    expected: [Infinity, -0.5],
    dy: [1, 3],
    expectedGradients: [[1, 0.75], [-6]],
  },
  {
    name: "channels last of two axes, twice differentiated",
    inputs: [{ shape: [5, 3] }, { shape: [3], low: 0.1, high: 0.9 }],
    apply: (x, weight) => prelu(x, weight),
    tolerance: ulps(5),
    gradientTolerance: normalised,
    secondGradient: true,
    secondTolerance: normalised,
  },
  {
    name: "a scalar",
    inputs: [
      { shape: [], values: [-2] },
      { shape: [1], values: [0.25] },
    ],
    apply: (x, weight) => prelu(x, weight),
    tolerance: ulps(5),
    shape: [],
    expected: [-0.5],
  },
  {
    name: "no element",
    inputs: [{ shape: [0, 3] }, { shape: [3] }],
    apply: (x, weight) => prelu(x, weight),
    tolerance: ulps(5),
    gradientTolerance: normalised,
    shape: [0, 3],
  },
]);
testErrors("prelu", [
  {
    name: "slopes for other channels",
    run: () => prelu(inputNode([2, 3], "f32"), inputNode([2], "f32")),
    error: ShapeError,
    text: "prelu: weight is [2] for x of [2, 3]; it must be [1] or [3].",
  },
  {
    name: "slopes of two axes",
    run: () => prelu(inputNode([2, 3], "f32"), inputNode([1, 3], "f32")),
    error: ShapeError,
    text: "prelu: weight is [1, 3] for x of [2, 3]; it must be [1] or [3].",
  },
  {
    name: "slopes for an only axis",
    run: () => prelu(inputNode([3], "f32"), inputNode([3], "f32")),
    error: ShapeError,
    text: "prelu: weight is [3] for x of [3]; it must be [1].",
  },
  {
    name: "weight of i32",
    run: () => prelu(inputNode([3], "f32"), inputNode([1], "i32")),
    error: DtypeError,
    text: "prelu: weight has dtype i32; it must be f32 or f16.",
  },
  {
    name: "x of i32",
    run: () => prelu(inputNode([3], "i32"), inputNode([1], "f32")),
    error: DtypeError,
    text: "prelu: x has dtype i32; it must be f32 or f16.",
  },
]);
