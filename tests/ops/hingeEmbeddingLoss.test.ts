import { UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { hingeEmbeddingLoss, square } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { normalised } from "./families.ts";
import { pairErrors } from "./lossCases.ts";
import { testErrors, testOp } from "./testOp.ts";

const x = inputNode([2, 3], "f32");

testOp("hingeEmbeddingLoss", [
  {
    name: "alike, not alike, and where it meets the margin",
    inputs: [given([2, 0.25, 1, 3]), { ...given([1, -1, -1, -1]), constant: true }],
    apply: (x, target) => hingeEmbeddingLoss(x, target, { reduction: "none" }),
    tolerance: normalised,
    expected: [2, 0.75, 0, 0],
    dy: [1, 1, 1, 1],
    expectedGradients: [[1, -1, -1, 0]],
  },
  {
    name: "twice differentiated",
    inputs: [
      { shape: [2, 3], low: 1.5, high: 2 },
      { shape: [2, 3], values: [1, -1, 1, -1, 1, 1], constant: true },
    ],
    apply: (x, target) => hingeEmbeddingLoss(square(x), target, { margin: 9 }),
    tolerance: normalised,
    shape: [],
    secondGradient: true,
  },
]);

testErrors("hingeEmbeddingLoss", [
  ...pairErrors("hingeEmbeddingLoss", (x, target, options) => hingeEmbeddingLoss(x, target, options)),
  {
    name: "a margin that is no number",
    run: () => hingeEmbeddingLoss(x, x, { margin: Number.NaN }),
    error: UsageError,
    text: "hingeEmbeddingLoss: margin is NaN; it must be a finite number.",
  },
]);
