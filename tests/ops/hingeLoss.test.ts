import { UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { hingeLoss } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { normalised } from "./families.ts";
import { pairErrors } from "./lossCases.ts";
import { testErrors, testOp } from "./testOp.ts";

const signs = { ...given([1, 1, -1, -1]), constant: true };

testOp("hingeLoss", [
  {
    name: "within the margin, at it, beyond it, and on the wrong side",
    inputs: [given([0.25, 1, -3, 2]), signs],
    apply: (x, target) => hingeLoss(x, target, { reduction: "none" }),
    tolerance: normalised,
    expected: [0.75, 0, 0, 3],
    dy: [1, 1, 1, 1],
    expectedGradients: [[-1, 0, 0, 1]],
  },
  {
    name: "squared, with another margin",
    inputs: [given([0.25, 0.5, -3, 2]), signs],
    apply: (x, target) => hingeLoss(x, target, { margin: 0.5, squared: true, reduction: "sum" }),
    tolerance: normalised,
    expected: [6.3125],
    dy: [1],
    expectedGradients: [[-0.5, 0, 0, 5]],
  },
  {
    name: "NaN stays NaN",
    inputs: [given([Number.NaN, Infinity, -Infinity]), { ...given([1, 1, 1]), constant: true }],
    apply: (x, target) => hingeLoss(x, target, { reduction: "none" }),
    tolerance: normalised,
    expected: [Number.NaN, 0, Infinity],
    withoutGradient: true,
  },
  {
    name: "twice differentiated",
    inputs: [
      { shape: [2, 3], high: 0.5 },
      { shape: [2, 3], values: [1, 1, -1, 1, -1, 1], constant: true },
    ],
    apply: (x, target) => hingeLoss(x, target, { squared: true }),
    tolerance: normalised,
    shape: [],
    secondGradient: true,
  },
]);

testErrors("hingeLoss", [
  ...pairErrors("hingeLoss", (x, target, options) => hingeLoss(x, target, options)),
  {
    name: "no margin",
    run: () => hingeLoss(inputNode([3], "f32"), inputNode([3], "f32"), { margin: Number.NaN }),
    error: UsageError,
    text: "hingeLoss: margin is NaN; it must be a finite number.",
  },
]);
