import { ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { diceLoss } from "../../src/ops/index.ts";
import { normalised } from "./families.ts";
import { pairErrors } from "./lossCases.ts";
import { testErrors, testOp } from "./testOp.ts";

const x = inputNode([2, 3], "f32");

testOp("diceLoss", [
  {
    name: "the same mask, another, and none",
    inputs: [
      { shape: [3, 2], values: [1, 1, 1, 0, 0, 0] },
      { shape: [3, 2], values: [1, 1, 0, 1, 0, 0] },
    ],
    apply: (x, target) => diceLoss(x, target, { reduction: "none" }),
    tolerance: normalised,
    shape: [3],
    expected: [0, 2 / 3, 0],
    withoutGradient: true,
  },
  {
    name: "a scalar",
    inputs: [
      { shape: [], values: [1] },
      { shape: [], values: [0] },
    ],
    apply: (x, target) => diceLoss(x, target),
    tolerance: normalised,
    shape: [],
    expected: [0.5],
    withoutGradient: true,
  },
  {
    name: "twice differentiated",
    inputs: [
      { shape: [2, 3], low: 0, high: 1 },
      { shape: [2, 3], low: 0, high: 1 },
    ],
    apply: (x, target) => diceLoss(x, target),
    tolerance: normalised,
    shape: [],
    secondGradient: true,
  },
]);

testErrors("diceLoss", [
  ...pairErrors("diceLoss", (x, target, options) => diceLoss(x, target, options)),
  {
    name: "a negative smooth",
    run: () => diceLoss(x, x, { smooth: -1 }),
    error: UsageError,
    text: "diceLoss: smooth is -1; it must be at least 0.",
  },
  {
    name: "an axis out of range",
    run: () => diceLoss(x, x, { axis: 2 }),
    error: ShapeError,
    text: "sum: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
]);
