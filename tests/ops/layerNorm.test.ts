import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { layerNorm } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { normalised } from "./families.ts";
import { columns, normCases } from "./normCases.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("layerNorm", [
  {
    name: "known values",
    inputs: [{ shape: [2, 2], values: [1, 3, 7, -3] }, given([2, 3]), given([0.5, -0.5])],
    // Variances 1 and 25: with eps 3 and eps 3 again the deviations are 2 and the square root of 28.
    apply: (x, weight, bias) => layerNorm(x, 2, { weight, bias, eps: 3 }),
    tolerance: normalised,
    expected: [-0.5, 1, 0.5 + 10 / Math.sqrt(28), -0.5 - 15 / Math.sqrt(28)],
    secondGradient: true,
  },
  {
    name: "known gradients",
    // Mean 0, variance 1: normalised values are -1 and 1, and rows of two have no other direction to go.
    inputs: [{ shape: [2, 2], values: [-1, 1, 1, -1] }, given([2, 3]), given([0, 0])],
    apply: (x, weight, bias) => layerNorm(x, 2, { weight, bias, eps: 0 }),
    tolerance: normalised,
    dy: [1, 10, 100, 1000],
    expected: [-2, 3, 2, -3],
    expectedGradients: [
      [0, 0, 0, 0],
      [-1 + 100, 10 - 1000],
      [101, 1010],
    ],
  },
  {
    name: "eps is 1e-5 unless told",
    inputs: [given([0.001, -0.001])],
    apply: (x) => layerNorm(x, 2),
    tolerance: normalised,
    expected: [0.001, -0.001].map((value) => value / Math.sqrt(1e-6 + 1e-5)),
  },
  {
    name: "rows of one",
    inputs: [{ shape: [4, 1] }, given([3]), given([0.25])],
    apply: (x, weight, bias) => layerNorm(x, 1, { weight, bias }),
    tolerance: normalised,
    expected: [0.25, 0.25, 0.25, 0.25],
    secondGradient: true,
  },
  {
    name: "constant rows give the bias",
    inputs: [{ shape: [2, 3], values: [1000, 1000, 1000, -3, -3, -3] }, given([1, 2, 3]), given([4, 5, 6])],
    apply: (x, weight, bias) => layerNorm(x, 3, { weight, bias }),
    tolerance: normalised,
    expected: [4, 5, 6, 4, 5, 6],
    dy: [1, 1, 1, 6, 0, 2],
    // Differences are too coarse where the deviation is that of eps alone: dx = (g - mean g) / sqrt(eps).
    expectedGradients: [[-1, 0, 1, 2, -4, 2].map((value) => value / Math.sqrt(1e-5)), [0, 0, 0], [7, 1, 3]],
  },
  {
    name: "a mean of 1000 and a tiny variance",
    inputs: [{ shape: [3, 40], low: 999.999, high: 1000.001 }, columns(40)],
    apply: (x, weight) => layerNorm(x, 40, { weight }),
    tolerance: normalised,
    withoutGradient: true,
  },
  {
    name: "one element far from the others",
    inputs: [{ shape: [2, 4], values: [1e6, 1, 2, 3, 0, 0, -1e6, 1] }],
    apply: (x) => layerNorm(x, 4),
    tolerance: normalised,
    withoutGradient: true,
  },
  {
    name: "a bias without a weight",
    inputs: [{ shape: [4, 6] }, columns(6)],
    apply: (x, bias) => layerNorm(x, 6, { bias }),
    tolerance: normalised,
    secondGradient: true,
  },
  {
    name: "a weight and a bias of two axes",
    inputs: [{ shape: [3, 2, 4] }, columns(2, 4), columns(2, 4)],
    apply: (x, weight, bias) => layerNorm(x, [2, 4], { weight, bias }),
    tolerance: normalised,
    shape: [3, 2, 4],
  },
  {
    name: "many rows with a weight and a bias",
    inputs: [{ shape: [2077, 5] }, columns(5), columns(5)],
    apply: (x, weight, bias) => layerNorm(x, 5, { weight, bias }),
    tolerance: normalised,
  },
  {
    name: "no row, with a weight and a bias",
    inputs: [{ shape: [0, 5] }, columns(5), columns(5)],
    apply: (x, weight, bias) => layerNorm(x, 5, { weight, bias }),
    tolerance: normalised,
    expectedGradients: [[], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]],
  },
  ...normCases(layerNorm),
]);

const x = inputNode([2, 4], "f32");

testErrors("layerNorm", [
  {
    name: "another last axis",
    run: () => layerNorm(x, 3),
    error: ShapeError,
    text: "layerNorm: x is [2, 4] and normalizedShape [3]; the sizes of x must end with it.",
  },
  {
    name: "more axes than there are",
    run: () => layerNorm(x, [1, 2, 4]),
    error: ShapeError,
    text: "layerNorm: x is [2, 4] and normalizedShape [1, 2, 4]; the sizes of x must end with it.",
  },
  {
    name: "no axis",
    run: () => layerNorm(x, []),
    error: ShapeError,
    text: "layerNorm: normalizedShape is []; it must name at least the last axis of x.",
  },
  {
    name: "a weight of another shape",
    run: () => layerNorm(x, 4, { weight: inputNode([1, 4], "f32") }),
    error: ShapeError,
    text: "layerNorm: weight is [1, 4]; it must be [4], as normalizedShape is.",
  },
  {
    name: "a bias of another shape",
    run: () => layerNorm(x, 4, { bias: inputNode([2], "f32") }),
    error: ShapeError,
    text: "layerNorm: bias is [2]; it must be [4], as normalizedShape is.",
  },
  {
    name: "integers",
    run: () => layerNorm(inputNode([2, 4], "i32"), 4),
    error: DtypeError,
    text: "layerNorm: x has dtype i32; it must be f32 or f16.",
  },
  {
    name: "an integer bias",
    run: () => layerNorm(x, 4, { bias: inputNode([4], "u32") }),
    error: DtypeError,
    text: "layerNorm: bias has dtype u32; it must be f32 or f16.",
  },
  {
    name: "a negative eps",
    run: () => layerNorm(x, 4, { eps: -1 }),
    error: UsageError,
    text: "layerNorm: eps is -1; it must be a finite number of at least 0.",
  },
]);
