import { ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { gaussianNllLoss } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { normalised } from "./families.ts";
import { pairErrors } from "./lossCases.ts";
import { testErrors, testOp } from "./testOp.ts";

const x = inputNode([2, 3], "f32");

testOp("gaussianNllLoss", [
  {
    name: "known values; a variance that is too small still pulls",
    inputs: [given([2, 1]), given([0, 0]), given([1, 0.25])],
    apply: (x, target, third) => gaussianNllLoss(x, target, third, { eps: 0.5, reduction: "none" }),
    tolerance: normalised,
    expected: [2, (Math.log(0.5) + 2) / 2],
    dy: [1, 1],
    expectedGradients: [
      [2, 2],
      [-2, -2],
      [-1.5, -1],
    ],
  },
  {
    name: "twice differentiated",
    inputs: [{ shape: [2, 3] }, { shape: [2, 3] }, { shape: [2], low: 0.5, high: 1 }],
    apply: (x, target, third) => gaussianNllLoss(x, target, third),
    tolerance: normalised,
    shape: [],
    secondGradient: true,
  },
]);

testErrors("gaussianNllLoss", [
  ...pairErrors("gaussianNllLoss", (x, target, options) => gaussianNllLoss(x, target, 1, options)),
  {
    name: "a variance that fits nothing",
    run: () => gaussianNllLoss(x, x, inputNode([3], "f32")),
    error: ShapeError,
    text: "gaussianNllLoss: variance is [3] and x [2, 3]; it must be a number, or have x's shape, that with sizes of 1, or that without the last axis.",
  },
  {
    name: "a negative variance",
    run: () => gaussianNllLoss(x, x, -1),
    error: UsageError,
    text: "gaussianNllLoss: variance is -1; it must be at least 0.",
  },
  {
    name: "an eps of 0",
    run: () => gaussianNllLoss(x, x, 1, { eps: 0 }),
    error: UsageError,
    text: "gaussianNllLoss: eps is 0; it must be above 0.",
  },
]);
