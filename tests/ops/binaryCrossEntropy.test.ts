import { DtypeError, ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { binaryCrossEntropy } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { normalised } from "./families.ts";
import { pairErrors } from "./lossCases.ts";
import { testErrors, testOp } from "./testOp.ts";

const x = inputNode([2, 3], "f32");

testOp("binaryCrossEntropy", [
  {
    name: "known values, at the ends too",
    inputs: [given([0.5, 0, 1, 0, 1]), { ...given([1, 0, 1, 1, 0]), constant: true }],
    apply: (x, target) => binaryCrossEntropy(x, target, { reduction: "none" }),
    tolerance: normalised,
    expected: [Math.LN2, 0, 0, 100, 100],
    dy: [1, 1, 1, 1, 1],
    expectedGradients: [[-2, 0, 0, -1e12, 1e12]],
    roundsConstants: true,
  },
  {
    name: "what is no probability",
    inputs: [given([-0.5, 1.5, Number.NaN, -0]), { ...given([0, 1, 1, 0]), constant: true }],
    apply: (x, target) => binaryCrossEntropy(x, target, { reduction: "none" }),
    tolerance: normalised,
    expected: [Number.NaN, Number.NaN, Number.NaN, 0],
    withoutGradient: true,
  },
  {
    name: "twice differentiated",
    inputs: [
      { shape: [2, 3], low: 0.1, high: 0.9 },
      { shape: [2, 3], low: 0, high: 1 },
    ],
    apply: (x, target) => binaryCrossEntropy(x, target),
    tolerance: normalised,
    shape: [],
    secondGradient: true,
  },
]);

testErrors("binaryCrossEntropy", [
  ...pairErrors("binaryCrossEntropy", (x, target, options) => binaryCrossEntropy(x, target, options)),
  {
    name: "a weight that does not broadcast",
    run: () => binaryCrossEntropy(x, x, { weight: inputNode([2], "f32") }),
    error: ShapeError,
    text: "binaryCrossEntropy: weight is [2] for losses [2, 3]; it must broadcast to them.",
  },
  {
    name: "weights of whole numbers",
    run: () => binaryCrossEntropy(x, x, { weight: inputNode([3], "i32") }),
    error: DtypeError,
    text: "binaryCrossEntropy: weight has dtype i32; it must be f32 or f16.",
  },
]);
