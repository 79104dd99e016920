import { UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { sigmoidFocalLoss } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { normalised } from "./families.ts";
import { pairErrors } from "./lossCases.ts";
import { testErrors, testOp } from "./testOp.ts";

const x = inputNode([2, 3], "f32");

testOp("sigmoidFocalLoss", [
  {
    name: "what is half right",
    inputs: [given([0, 0]), { ...given([1, 0]), constant: true }],
    apply: (x, target) => sigmoidFocalLoss(x, target),
    tolerance: normalised,
    expected: [Math.LN2 / 16, (3 * Math.LN2) / 16],
    withoutGradient: true,
  },
  {
    name: "logits so large that a probability is 0 or 1",
    inputs: [given([1000, -1000]), { ...given([1, 1]), constant: true }],
    apply: (x, target) => sigmoidFocalLoss(x, target),
    tolerance: normalised,
    expected: [0, 250],
    dy: [1, 1],
    expectedGradients: [[0, -0.25]],
  },
  {
    name: "twice differentiated",
    inputs: [{ shape: [2, 3] }, { shape: [2, 3], low: 0, high: 1 }],
    apply: (x, target) => sigmoidFocalLoss(x, target, { reduction: "mean" }),
    tolerance: normalised,
    shape: [],
    secondGradient: true,
  },
]);

testErrors("sigmoidFocalLoss", [
  ...pairErrors("sigmoidFocalLoss", (x, target, options) => sigmoidFocalLoss(x, target, options), [
    "logits",
    "target",
  ]),
  {
    name: "a share above 1",
    run: () => sigmoidFocalLoss(x, x, { alpha: 2 }),
    error: UsageError,
    text: "sigmoidFocalLoss: alpha is 2; it must be from 0 to 1, or -1 for none.",
  },
  {
    name: "a negative power",
    run: () => sigmoidFocalLoss(x, x, { gamma: -1 }),
    error: UsageError,
    text: "sigmoidFocalLoss: gamma is -1; it must be at least 0.",
  },
]);
