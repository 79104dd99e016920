import { softMarginLoss } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { normalised } from "./families.ts";
import { pairErrors } from "./lossCases.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("softMarginLoss", [
  {
    name: "known values, and logits of any size",
    inputs: [given([0, 1000, -1000]), { ...given([1, 1, 1]), constant: true }],
    apply: (x, target) => softMarginLoss(x, target, { reduction: "none" }),
    tolerance: normalised,
    expected: [Math.LN2, 0, 1000],
    dy: [1, 1, 1],
    expectedGradients: [[-0.5, 0, -1]],
  },
  {
    name: "twice differentiated",
    inputs: [{ shape: [2, 3] }, { shape: [2, 3] }],
    apply: (x, target) => softMarginLoss(x, target),
    tolerance: normalised,
    shape: [],
    secondGradient: true,
  },
]);

testErrors("softMarginLoss", [
  ...pairErrors("softMarginLoss", (x, target, options) => softMarginLoss(x, target, options)),
]);
