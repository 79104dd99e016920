import { ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { marginRankingLoss } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { normalised } from "./families.ts";
import { pairErrors } from "./lossCases.ts";
import { testErrors, testOp } from "./testOp.ts";

const x = inputNode([2, 3], "f32");

testOp("marginRankingLoss", [
  {
    name: "right, wrong, and where it meets the margin",
    inputs: [given([3, 1, 1]), given([1, 3, 0]), { ...given([1, 1, 1]), constant: true }],
    apply: (x, target, third) => marginRankingLoss(x, target, third, { margin: 1, reduction: "none" }),
    tolerance: normalised,
    expected: [0, 3, 0],
    dy: [1, 1, 1],
    expectedGradients: [
      [0, -1, -1],
      [0, 1, 1],
    ],
  },
  {
    name: "a target that is differentiated twice",
    inputs: [
      { shape: [2, 3], low: 1, high: 2 },
      { shape: [2, 3], low: 3, high: 4 },
      { shape: [2, 3], low: 0.5, high: 1 },
    ],
    apply: (x, target, third) => marginRankingLoss(x, target, third),
    tolerance: normalised,
    shape: [],
    secondGradient: true,
  },
]);

testErrors("marginRankingLoss", [
  ...pairErrors("marginRankingLoss", (x, target, options) => marginRankingLoss(x, target, x, options), [
    "a",
    "b",
  ]),
  {
    name: "a target of another shape",
    run: () => marginRankingLoss(x, x, inputNode([2], "f32")),
    error: ShapeError,
    text: "marginRankingLoss: a is [2, 3] and target [2]; they must have the same shape.",
  },
  {
    name: "a margin that is not finite",
    run: () => marginRankingLoss(x, x, x, { margin: Number.POSITIVE_INFINITY }),
    error: UsageError,
    text: "marginRankingLoss: margin is Infinity; it must be a finite number.",
  },
]);
