import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { rmsNorm } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { normalised } from "./families.ts";
import { columns, normCases } from "./normCases.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("rmsNorm", [
  {
    name: "known values",
    // Mean squares 25 and 1: with eps 3 the square roots of 28 and 4.
    inputs: [{ shape: [2, 2], values: [1, 7, -1, 1] }, given([2, 3])],
    apply: (x, weight) => rmsNorm(x, 2, { weight, eps: 3 }),
    tolerance: normalised,
    expected: [2 / Math.sqrt(28), 21 / Math.sqrt(28), -1, 1.5],
    secondGradient: true,
  },
  {
    name: "known gradients",
    // dx = g - x mean(g x) where the mean square is 1 and g = dy weight = (2, 30).
    inputs: [{ shape: [1, 2], values: [-1, 1] }, given([2, 3])],
    apply: (x, weight) => rmsNorm(x, 2, { weight, eps: 0 }),
    tolerance: normalised,
    dy: [1, 10],
    expected: [-2, 3],
    expectedGradients: [
      [2 + 14, 30 - 14],
      [-1, 10],
    ],
  },
  {
    name: "eps is the machine epsilon unless told",
    inputs: [given([2 ** -12, 2 ** -12])],
    apply: (x) => rmsNorm(x, 2),
    tolerance: normalised,
    expected: [1, 1].map(() => 2 ** -12 / Math.sqrt(2 ** -24 + 2 ** -23)),
    withoutGradient: true,
  },
  {
    name: "rows of one",
    inputs: [{ shape: [3, 1], values: [4, -0.5, 2] }, given([3])],
    apply: (x, weight) => rmsNorm(x, 1, { weight, eps: 0 }),
    tolerance: normalised,
    expected: [3, -3, 3],
  },
  {
    name: "rows of zeros",
    inputs: [{ shape: [2, 3], values: [0, 0, 0, 0, 0, 0] }, given([1, 2, 3])],
    apply: (x, weight) => rmsNorm(x, 3, { weight, eps: 1e-5 }),
    tolerance: normalised,
    expected: [0, 0, 0, 0, 0, 0],
    dy: [1, 2, 3, -3, -2, -1],
    // Differences are too coarse where the deviation is that of eps alone: dx = g / sqrt(eps).
    expectedGradients: [[1, 4, 9, -3, -4, -3].map((value) => value / Math.sqrt(1e-5)), [0, 0, 0]],
  },
  {
    name: "no row, with a weight",
    inputs: [{ shape: [0, 3] }, columns(3)],
    apply: (x, weight) => rmsNorm(x, 3, { weight }),
    tolerance: normalised,
    expectedGradients: [[], [0, 0, 0]],
  },
  ...normCases(rmsNorm),
]);

const x = inputNode([2, 4], "f32");

testErrors("rmsNorm", [
  {
    name: "another last axis",
    run: () => rmsNorm(x, [2, 3]),
    error: ShapeError,
    text: "rmsNorm: x is [2, 4] and normalizedShape [2, 3]; the sizes of x must end with it.",
  },
  {
    name: "a weight of another shape",
    run: () => rmsNorm(x, 4, { weight: inputNode([], "f32") }),
    error: ShapeError,
    text: "rmsNorm: weight is []; it must be [4], as normalizedShape is.",
  },
  {
    name: "truth values",
    run: () => rmsNorm(inputNode([4], "bool"), 4),
    error: DtypeError,
    text: "rmsNorm: x has dtype bool; it must be f32 or f16.",
  },
  {
    name: "an infinite eps",
    run: () => rmsNorm(x, 4, { eps: Number.POSITIVE_INFINITY }),
    error: UsageError,
    text: "rmsNorm: eps is Infinity; it must be a finite number of at least 0.",
  },
]);
