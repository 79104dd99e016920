import { ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { cosineEmbeddingLoss } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { normalised } from "./families.ts";
import { pairErrors } from "./lossCases.ts";
import { testErrors, testOp } from "./testOp.ts";

const x = inputNode([2, 3], "f32");

testOp("cosineEmbeddingLoss", [
  {
    name: "alike, not alike, and neither",
    inputs: [
      { shape: [3, 2], values: [1, 0, 1, 0, 1, 0] },
      { shape: [3, 2], values: [0, 2, 3, 0, 1, 1] },
      { ...given([1, -1, 0]), constant: true },
    ],
    apply: (x, target, third) => cosineEmbeddingLoss(x, target, third, { margin: 0.25, reduction: "none" }),
    tolerance: normalised,
    shape: [3],
    expected: [1, 0.75, 0],
    withoutGradient: true,
    roundsConstants: true,
  },
  {
    name: "no batch",
    inputs: [given([3, 4]), given([4, 3]), { shape: [], dtype: "i32", values: [1] }],
    apply: (x, target, third) => cosineEmbeddingLoss(x, target, third),
    tolerance: normalised,
    shape: [],
    expected: [0.04],
    withoutGradient: true,
    roundsConstants: true,
  },
  {
    name: "twice differentiated",
    inputs: [{ shape: [2, 3] }, { shape: [2, 3] }, { ...given([1, -1]), constant: true }],
    apply: (x, target, third) => cosineEmbeddingLoss(x, target, third, { margin: -1 }),
    tolerance: normalised,
    shape: [],
    secondGradient: true,
  },
]);

testErrors("cosineEmbeddingLoss", [
  ...pairErrors(
    "cosineEmbeddingLoss",
    (x, target, options) => cosineEmbeddingLoss(x, target, inputNode([2], "f32"), options),
    ["a", "b"],
  ),
  {
    name: "targets that are no rows",
    run: () => cosineEmbeddingLoss(x, x, x),
    error: ShapeError,
    text: "cosineEmbeddingLoss: target is [2, 3] for a [2, 3]; it must be [2].",
  },
  {
    name: "three axes",
    run: () => cosineEmbeddingLoss(inputNode([2, 3, 4], "f32"), inputNode([2, 3, 4], "f32"), x),
    error: ShapeError,
    text: "cosineEmbeddingLoss: a is [2, 3, 4]; it must be [batch, size] or [size].",
  },
  {
    name: "a margin that is no number",
    run: () => cosineEmbeddingLoss(x, x, inputNode([2], "f32"), { margin: Number.NaN }),
    error: UsageError,
    text: "cosineEmbeddingLoss: margin is NaN; it must be a finite number.",
  },
]);
