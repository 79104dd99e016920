import { UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { smoothL1Loss } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { normalised } from "./families.ts";
import { pairErrors } from "./lossCases.ts";
import { testErrors, testOp } from "./testOp.ts";

const x = inputNode([2, 3], "f32");

testOp("smoothL1Loss", [
  {
    name: "a square, a line, and where they meet",
    inputs: [given([0, 0.5, 1, -3]), given([0, 0, 0, 0])],
    apply: (x, target) => smoothL1Loss(x, target, { reduction: "none" }),
    tolerance: normalised,
    expected: [0, 0.125, 0.5, 2.5],
    dy: [1, 1, 1, 1],
    expectedGradients: [
      [0, 0.5, 1, -1],
      [-0, -0.5, -1, 1],
    ],
  },
  {
    name: "no number stays none",
    inputs: [given([Number.NaN, Number.POSITIVE_INFINITY]), given([0, 0])],
    apply: (x, target) => smoothL1Loss(x, target, { reduction: "none" }),
    tolerance: normalised,
    expected: [Number.NaN, Number.POSITIVE_INFINITY],
    withoutGradient: true,
  },
  {
    name: "twice differentiated",
    inputs: [{ shape: [4, 3] }, { shape: [4, 3] }],
    apply: (x, target) => smoothL1Loss(x, target, { beta: 2 }),
    tolerance: normalised,
    shape: [],
    secondGradient: true,
  },
]);

testErrors("smoothL1Loss", [
  ...pairErrors("smoothL1Loss", (x, target, options) => smoothL1Loss(x, target, options)),
  {
    name: "a negative beta",
    run: () => smoothL1Loss(x, x, { beta: -1 }),
    error: UsageError,
    text: "smoothL1Loss: beta is -1; it must be at least 0.",
  },
  {
    name: "a beta that is no number",
    run: () => smoothL1Loss(x, x, { beta: Number.NaN }),
    error: UsageError,
    text: "smoothL1Loss: beta is NaN; it must be at least 0.",
  },
]);
