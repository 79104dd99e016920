import { ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { mseLoss, transpose } from "../../src/ops/index.ts";
import type { Reduction } from "../../src/ops/reduceLosses.ts";
import { given } from "./elementwiseCases.ts";
import { exact, normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

const pair = [given([1, 2, -3, 4]), given([1, 4, 1, 3])];

testOp("mseLoss", [
  {
    name: "the mean",
    inputs: pair,
    apply: (x, target) => mseLoss(x, target),
    tolerance: exact,
    shape: [],
    expected: [5.25],
    dy: [2],
    expectedGradients: [
      [0, -2, -4, 1],
      [0, 2, 4, -1],
    ],
  },
  {
    name: "the sum",
    inputs: pair,
    apply: (x, target) => mseLoss(x, target, { reduction: "sum" }),
    tolerance: exact,
    shape: [],
    expected: [21],
  },
  {
    name: "each",
    inputs: pair,
    apply: (x, target) => mseLoss(x, target, { reduction: "none" }),
    tolerance: exact,
    expected: [0, 4, 16, 1],
  },
  {
    name: "fractions",
    inputs: [{ shape: [7, 13] }, { shape: [7, 13] }],
    apply: (x, target) => mseLoss(x, target),
    tolerance: normalised,
    shape: [],
    secondGradient: true,
  },
  {
    name: "a transposed target",
    inputs: [{ shape: [5, 3] }, { shape: [3, 5] }],
    apply: (x, target) => mseLoss(x, transpose(target)),
    tolerance: normalised,
  },
  {
    name: "scalars",
    inputs: [{ shape: [] }, { shape: [] }],
    apply: (x, target) => mseLoss(x, target),
    tolerance: normalised,
    shape: [],
  },
  {
    name: "nothing",
    inputs: [{ shape: [0] }, { shape: [0] }],
    apply: (x, target) => mseLoss(x, target),
    tolerance: exact,
    expected: [Number.NaN],
    withoutGradient: true,
  },
]);

testErrors("mseLoss", [
  {
    name: "another shape, even one that broadcasts",
    run: () => mseLoss(inputNode([2, 3], "f32"), inputNode([3], "f32")),
    error: ShapeError,
    text: "mseLoss: x is [2, 3] and target [3]; they must have the same shape.",
  },
  {
    name: "an unknown reduction",
    run: () => mseLoss(inputNode([2], "f32"), inputNode([2], "f32"), { reduction: "average" as Reduction }),
    error: UsageError,
    text: 'mseLoss: reduction "average"; it must be "mean", "sum" or "none".',
  },
]);
