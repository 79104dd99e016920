import { ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { l1Loss } from "../../src/ops/index.ts";
import type { Reduction } from "../../src/ops/reduceLosses.ts";
import { given } from "./elementwiseCases.ts";
import { exact, normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

const pair = [given([1, 2, -3, 4]), given([1, 4, 1, 3])];

testOp("l1Loss", [
  {
    name: "the mean; where both are equal nothing pulls",
    inputs: pair,
    apply: (x, target) => l1Loss(x, target),
    tolerance: exact,
    shape: [],
    expected: [1.75],
    dy: [4],
    expectedGradients: [
      [0, -1, -1, 1],
      [0, 1, 1, -1],
    ],
  },
  {
    name: "each",
    inputs: pair,
    apply: (x, target) => l1Loss(x, target, { reduction: "none" }),
    tolerance: exact,
    expected: [0, 2, 4, 1],
    withoutGradient: true,
  },
  {
    name: "fractions, summed",
    inputs: [{ shape: [7, 13] }, { shape: [7, 13] }],
    apply: (x, target) => l1Loss(x, target, { reduction: "sum" }),
    tolerance: normalised,
    shape: [],
  },
]);

testErrors("l1Loss", [
  {
    name: "another shape, even one that broadcasts",
    run: () => l1Loss(inputNode([2, 3], "f32"), inputNode([3], "f32")),
    error: ShapeError,
    text: "l1Loss: x is [2, 3] and target [3]; they must have the same shape.",
  },
  {
    name: "an unknown reduction",
    run: () => l1Loss(inputNode([2], "f32"), inputNode([2], "f32"), { reduction: "average" as Reduction }),
    error: UsageError,
    text: 'l1Loss: reduction "average"; it must be "mean", "sum" or "none".',
  },
]);
