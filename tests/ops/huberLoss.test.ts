import { UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { huberLoss } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { normalised } from "./families.ts";
import { pairErrors } from "./lossCases.ts";
import { testErrors, testOp } from "./testOp.ts";

const x = inputNode([2, 3], "f32");

testOp("huberLoss", [
  {
    name: "a square, a line, and where they meet",
    inputs: [given([0, 1, 2, -4]), given([0, 0, 0, 0])],
    apply: (x, target) => huberLoss(x, target, { delta: 2, reduction: "none" }),
    tolerance: normalised,
    expected: [0, 0.5, 2, 6],
    dy: [1, 1, 1, 1],
    expectedGradients: [
      [0, 1, 2, -2],
      [0, -1, -2, 2],
    ],
  },
  {
    name: "no number stays none",
    inputs: [given([Number.NaN, Number.POSITIVE_INFINITY]), given([0, 0])],
    apply: (x, target) => huberLoss(x, target, { reduction: "none" }),
    tolerance: normalised,
    expected: [Number.NaN, Number.POSITIVE_INFINITY],
    withoutGradient: true,
  },
  {
    name: "twice differentiated",
    inputs: [{ shape: [4, 3] }, { shape: [4, 3] }],
    apply: (x, target) => huberLoss(x, target),
    tolerance: normalised,
    shape: [],
    secondGradient: true,
  },
]);

testErrors("huberLoss", [
  ...pairErrors("huberLoss", (x, target, options) => huberLoss(x, target, options)),
  {
    name: "a delta of 0",
    run: () => huberLoss(x, x, { delta: 0 }),
    error: UsageError,
    text: "huberLoss: delta is 0; it must be above 0.",
  },
  {
    name: "a delta that is no number",
    run: () => huberLoss(x, x, { delta: Number.NaN }),
    error: UsageError,
    text: "huberLoss: delta is NaN; it must be above 0.",
  },
]);
