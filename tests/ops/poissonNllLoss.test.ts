import { UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { poissonNllLoss } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { normalised } from "./families.ts";
import { pairErrors } from "./lossCases.ts";
import { testErrors, testOp } from "./testOp.ts";

const x = inputNode([2, 3], "f32");

testOp("poissonNllLoss", [
  {
    name: "known values",
    inputs: [given([0, Math.LN2]), { ...given([3, 1]), constant: true }],
    apply: (x, target) => poissonNllLoss(x, target, { reduction: "none" }),
    tolerance: normalised,
    expected: [1, 2 - Math.LN2],
    dy: [1, 1],
    expectedGradients: [[-2, 1]],
  },
  {
    name: "Stirling's term is 0 up to 1",
    inputs: [given([0, 0, 0]), given([0, 1, Math.E])],
    apply: (x, target) => poissonNllLoss(x, target, { full: true, reduction: "none" }),
    tolerance: normalised,
    expected: [1, 1, 1 + Math.log(2 * Math.PI * Math.E) / 2],
    withoutGradient: true,
    roundsConstants: true,
  },
  {
    name: "rates, twice differentiated",
    inputs: [
      { shape: [2, 3], low: 1, high: 3 },
      { shape: [2, 3], low: 2, high: 3 },
    ],
    apply: (x, target) => poissonNllLoss(x, target, { logInput: false, full: true }),
    tolerance: normalised,
    shape: [],
    secondGradient: true,
  },
]);

testErrors("poissonNllLoss", [
  ...pairErrors("poissonNllLoss", (x, target, options) => poissonNllLoss(x, target, options)),
  {
    name: "a negative eps",
    run: () => poissonNllLoss(x, x, { eps: -1 }),
    error: UsageError,
    text: "poissonNllLoss: eps is -1; it must be at least 0.",
  },
]);
