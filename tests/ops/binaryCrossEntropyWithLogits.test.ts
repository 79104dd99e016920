import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { binaryCrossEntropyWithLogits as loss } from "../../src/ops/index.ts";
import type { Reduction } from "../../src/ops/reduceLosses.ts";
import { given } from "./elementwiseCases.ts";
import { normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

const log2 = Math.log(2);

testOp("binaryCrossEntropyWithLogits", [
  {
    name: "known values and slopes",
    inputs: [given([0, 0, 0]), { ...given([0, 1, 0.25]), constant: true }],
    apply: (x, target) => loss(x, target, { reduction: "none" }),
    tolerance: normalised,
    expected: [log2, log2, log2],
    dy: [1, 1, 4],
    expectedGradients: [[0.5, -0.5, 1]],
  },
  {
    name: "logits so large that a probability is 0 or 1",
    inputs: [
      given([1000, 1000, -1000, -1000, 100, -100]),
      { ...given([1, 0, 0, 1, 0.5, 0.5]), constant: true },
    ],
    apply: (x, target) => loss(x, target, { reduction: "none" }),
    tolerance: normalised,
    expected: [0, 1000, 0, 1000, 50, 50],
    dy: [1, 1, 1, 1, 1, 1],
    expectedGradients: [[0, 1, 0, -1, 0.5, -0.5]],
  },
  {
    name: "the mean, with gradients for logits and targets",
    inputs: [
      { shape: [5, 7], low: -5, high: 5 },
      { shape: [5, 7], low: 0, high: 1 },
    ],
    apply: (x, target) => loss(x, target),
    tolerance: normalised,
    shape: [],
    secondGradient: true,
  },
  {
    name: "a weight for yes",
    inputs: [
      { shape: [4, 3], low: -3, high: 3 },
      { shape: [4, 3], low: 0, high: 1 },
      { shape: [3], low: 0.5, high: 3 },
    ],
    apply: (x, target, posWeight) => loss(x, target, { posWeight, reduction: "sum" }),
    tolerance: normalised,
    shape: [],
    secondGradient: true,
  },
  {
    name: "one target for all, and one weight",
    inputs: [given([0, Math.log(3)])],
    apply: (x) => loss(x, 1, { posWeight: 2, reduction: "none" }),
    tolerance: normalised,
    expected: [2 * log2, 2 * Math.log(4 / 3)],
    roundsConstants: true,
  },
  {
    name: "targets that broadcast",
    inputs: [{ shape: [3, 4] }, { shape: [4], low: 0, high: 1 }],
    apply: (x, target) => loss(x, target),
    tolerance: normalised,
  },
  {
    name: "no number stays none",
    inputs: [given([Number.NaN, 0])],
    apply: (x) => loss(x, 0, { reduction: "none" }),
    tolerance: normalised,
    expected: [Number.NaN, log2],
    withoutGradient: true,
  },
]);

const x = inputNode([2, 3], "f32");

testErrors("binaryCrossEntropyWithLogits", [
  {
    name: "a target that does not broadcast",
    run: () => loss(x, inputNode([2], "f32")),
    error: ShapeError,
    text: "binaryCrossEntropyWithLogits: target is [2] and logits are [2, 3]; target must broadcast to the logits.",
  },
  {
    name: "a target wider than the logits",
    run: () => loss(inputNode([3], "f32"), x),
    error: ShapeError,
    text: "binaryCrossEntropyWithLogits: target is [2, 3] and logits are [3]; target must broadcast to the logits.",
  },
  {
    name: "labels in the place of probabilities",
    run: () => loss(x, inputNode([2, 3], "i32")),
    error: DtypeError,
    text: "binaryCrossEntropyWithLogits: target has dtype i32; it must be f32 or f16.",
  },
  {
    name: "an unknown reduction",
    run: () => loss(x, 1, { reduction: "average" as Reduction }),
    error: UsageError,
    text: 'binaryCrossEntropyWithLogits: reduction "average"; it must be "mean", "sum" or "none".',
  },
  {
    name: "a weight that does not broadcast",
    run: () => loss(x, 1, { weight: inputNode([2], "f32") }),
    error: ShapeError,
    text: "binaryCrossEntropyWithLogits: weight is [2] and logits are [2, 3]; weight must broadcast to the logits.",
  },
]);
