import { ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { tripletMarginLoss } from "../../src/ops/index.ts";
import { normalised } from "./families.ts";
import { pairErrors } from "./lossCases.ts";
import { testErrors, testOp } from "./testOp.ts";

const x = inputNode([2, 3], "f32");

testOp("tripletMarginLoss", [
  {
    name: "near, far, and where it meets the margin",
    inputs: [
      { shape: [2, 1], values: [0, 0] },
      { shape: [2, 1], values: [1, 1] },
      { shape: [2, 1], values: [3, 2] },
    ],
    apply: (x, target, third) => tripletMarginLoss(x, target, third, { eps: 0, reduction: "none" }),
    tolerance: normalised,
    shape: [2],
    expected: [0, 0],
    dy: [1, 1],
    expectedGradients: [
      [0, 0],
      [0, 1],
      [0, -1],
    ],
  },
  {
    name: "the shorter way",
    inputs: [
      { shape: [1, 1], values: [0] },
      { shape: [1, 1], values: [2] },
      { shape: [1, 1], values: [2.5] },
    ],
    apply: (x, target, third) => tripletMarginLoss(x, target, third, { eps: 0, swap: true }),
    tolerance: normalised,
    shape: [],
    expected: [2.5],
    withoutGradient: true,
  },
  {
    name: "twice differentiated",
    inputs: [{ shape: [2, 3] }, { shape: [2, 3] }, { shape: [2, 3] }],
    apply: (x, target, third) => tripletMarginLoss(x, target, third, { margin: 9 }),
    tolerance: normalised,
    shape: [],
    secondGradient: true,
  },
]);

testErrors("tripletMarginLoss", [
  ...pairErrors("tripletMarginLoss", (x, target, options) => tripletMarginLoss(x, target, x, options), [
    "anchor",
    "positive",
  ]),
  {
    name: "a negative of another shape",
    run: () => tripletMarginLoss(x, x, inputNode([3], "f32")),
    error: ShapeError,
    text: "tripletMarginLoss: anchor is [2, 3] and negative [3]; they must have the same shape.",
  },
  {
    name: "a margin of 0",
    run: () => tripletMarginLoss(x, x, x, { margin: 0 }),
    error: UsageError,
    text: "tripletMarginLoss: margin is 0; it must be above 0.",
  },
  {
    name: "a norm of 0",
    run: () => tripletMarginLoss(x, x, x, { p: 0 }),
    error: UsageError,
    text: "tripletMarginLoss: p is 0; it must be above 0.",
  },
]);
