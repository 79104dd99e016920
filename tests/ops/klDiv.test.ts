import { UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { klDiv } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { normalised } from "./families.ts";
import { pairErrors } from "./lossCases.ts";
import { testErrors, testOp } from "./testOp.ts";

const x = inputNode([2, 3], "f32");

testOp("klDiv", [
  {
    name: "known values; a target of 0 costs nothing",
    inputs: [given([Math.log(0.5), 7]), given([1, 0])],
    apply: (x, target) => klDiv(x, target, { reduction: "none" }),
    tolerance: normalised,
    expected: [Math.LN2, 0],
    withoutGradient: true,
  },
  {
    name: "over the batch",
    inputs: [
      { shape: [2, 1], values: [0, 0] },
      { shape: [2, 1], values: [Math.E, Math.E], constant: true },
    ],
    apply: (x, target) => klDiv(x, target, { reduction: "batchmean" }),
    tolerance: normalised,
    shape: [],
    expected: [Math.E],
    dy: [1],
    expectedGradients: [[-Math.E / 2, -Math.E / 2]],
  },
  {
    name: "a scalar, over no batch",
    inputs: [
      { shape: [], values: [1] },
      { shape: [], values: [0] },
    ],
    apply: (x, target) => klDiv(x, target, { reduction: "batchmean", logTarget: true }),
    tolerance: normalised,
    shape: [],
    expected: [-1],
    withoutGradient: true,
  },
  {
    name: "twice differentiated",
    inputs: [{ shape: [2, 3] }, { shape: [2, 3], low: 0.2, high: 1 }],
    apply: (x, target) => klDiv(x, target),
    tolerance: normalised,
    shape: [],
    secondGradient: true,
  },
]);

testErrors("klDiv", [
  ...pairErrors("klDiv", (x, target, options) => klDiv(x, target, options)),
  {
    name: "a reduction of others",
    run: () => klDiv(x, x, { reduction: "batch" as "sum" }),
    error: UsageError,
    text: 'klDiv: reduction "batch"; it must be "mean", "sum" or "none".',
  },
]);
