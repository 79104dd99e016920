import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { crossEntropy, transpose } from "../../src/ops/index.ts";
import { crossEntropyGradient } from "../../src/ops/innerOps.ts";
import type { Reduction } from "../../src/ops/reduceLosses.ts";
import { given } from "./elementwiseCases.ts";
import { normalised } from "./families.ts";
import type { InputSpec, OpCase } from "./opCase.ts";
import { testErrors, testOp } from "./testOp.ts";

const odds = [0, Math.log(2), Math.log(5), Math.log(5), 0, Math.log(2)];
const known: InputSpec = { shape: [2, 3], values: odds };

function drawn(
  name: string,
  logits: readonly number[],
  labels: readonly number[],
  reduction?: Reduction,
): OpCase {
  return {
    name,
    inputs: [
      { shape: logits, low: -5, high: 5 },
      { shape: labels, dtype: "i32", low: 0, high: logits[Math.min(1, logits.length - 1)] },
    ],
    apply: (x, classes) => crossEntropy(x, classes, { reduction }),
    tolerance: normalised,
    shape: reduction === "none" ? labels : [],
    secondGradient: logits.length < 3 && logits[0] < 20 ? true : undefined,
  };
}

testOp("crossEntropy", [
  {
    name: "known values: one for each row",
    inputs: [known, given([2, 1], "i32")],
    apply: (logits, labels) => crossEntropy(logits, labels, { reduction: "none" }),
    tolerance: normalised,
    shape: [2],
    expected: [-Math.log(0.625), 3 * Math.LN2],
    dy: [1, 8],
    expectedGradients: [[0.125, 0.25, 0.625 - 1, 5, 1 - 8, 2]],
  },
  {
    name: "known values: the mean",
    inputs: [known, given([2, 1], "i32")],
    apply: (logits, labels) => crossEntropy(logits, labels),
    tolerance: normalised,
    shape: [],
    expected: [(-Math.log(0.625) + 3 * Math.LN2) / 2],
    secondGradient: true,
  },
  {
    name: "known values: the sum, with labels of u32",
    inputs: [known, given([2, 1], "u32")],
    apply: (logits, labels) => crossEntropy(logits, labels, { reduction: "sum" }),
    tolerance: normalised,
    shape: [],
    expected: [-Math.log(0.625) + 3 * Math.LN2],
  },
  {
    name: "one row without a batch",
    inputs: [given(odds.slice(0, 3)), { shape: [], dtype: "i32", values: [2] }],
    apply: (logits, labels) => crossEntropy(logits, labels),
    tolerance: normalised,
    shape: [],
    expected: [-Math.log(0.625)],
    secondGradient: true,
  },
  {
    name: "labels that are no class",
    inputs: [known, given([3, -1], "i32")],
    apply: (logits, labels) => crossEntropy(logits, labels, { reduction: "none" }),
    tolerance: normalised,
    expected: [Number.NaN, Number.NaN],
    withoutGradient: true,
  },
  {
    name: "one label that is no class spoils the mean",
    inputs: [known, given([100, 1], "i32")],
    apply: (logits, labels) => crossEntropy(logits, labels),
    tolerance: normalised,
    expected: [Number.NaN],
    withoutGradient: true,
  },
  {
    name: "large logits: sure, right and wrong",
    inputs: [{ shape: [2, 2], values: [10000, -10000, 10000, -10000] }, given([0, 1], "i32")],
    apply: (logits, labels) => crossEntropy(logits, labels, { reduction: "none" }),
    tolerance: normalised,
    expected: [0, 20000],
    dy: [1, 1],
    expectedGradients: [[0, 0, 1, -1]],
  },
  {
    name: "constant rows",
    inputs: [{ shape: [2, 4], values: [0, 0, 0, 0, 10000, 10000, 10000, 10000] }, given([0, 3], "i32")],
    apply: (logits, labels) => crossEntropy(logits, labels, { reduction: "none" }),
    tolerance: normalised,
    expected: [2 * Math.LN2, 2 * Math.LN2],
  },
  {
    name: "no number spoils its row alone",
    inputs: [{ shape: [2, 2], values: [Number.NaN, 1, 0, 0] }, given([1, 0], "i32")],
    apply: (logits, labels) => crossEntropy(logits, labels, { reduction: "none" }),
    tolerance: normalised,
    expected: [Number.NaN, Math.LN2],
    withoutGradient: true,
  },
  {
    name: "labels that do not count",
    inputs: [known, given([-100, 1], "i32")],
    apply: (logits, labels) => crossEntropy(logits, labels, { reduction: "none" }),
    tolerance: normalised,
    expected: [0, 3 * Math.LN2],
    dy: [1, 8],
    expectedGradients: [[0, 0, 0, 5, 1 - 8, 2]],
    secondGradient: true,
  },
  {
    name: "the mean is over what counts",
    inputs: [known, given([2, 1], "u32")],
    apply: (logits, labels) => crossEntropy(logits, labels, { ignoreIndex: 2 }),
    tolerance: normalised,
    expected: [3 * Math.LN2],
    secondGradient: true,
  },
  {
    name: "the mean where nothing counts is no number",
    inputs: [known, given([-100, -100], "i32")],
    apply: (logits, labels) => crossEntropy(logits, labels),
    tolerance: normalised,
    expected: [Number.NaN],
    withoutGradient: true,
  },
  {
    name: "a smoothed target",
    inputs: [known, given([2, 1], "i32")],
    apply: (logits, labels) => crossEntropy(logits, labels, { reduction: "none", labelSmoothing: 0.3 }),
    tolerance: normalised,
    expected: [
      0.1 * (Math.log(8) + Math.log(4)) - 0.8 * Math.log(0.625),
      0.1 * (-Math.log(0.625) + Math.log(4)) + 0.8 * Math.log(8),
    ],
    dy: [1, 8],
    expectedGradients: [[0.025, 0.15, 0.625 - 0.8, 5 - 0.8, 1 - 6.4, 2 - 0.8]],
    secondGradient: true,
  },
  {
    name: "a smoothed target beside logits of 10,000",
    inputs: [
      { shape: [2, 4], values: [10000, 10001, 10002, 10001, -10000, -9999, -10000, -10002] },
      given([1, 3], "i32"),
    ],
    apply: (logits, labels) => crossEntropy(logits, labels, { reduction: "none", labelSmoothing: 0.5 }),
    tolerance: normalised,
  },
  ...[7, 130, 1301].map(
    (classes): OpCase => ({
      name: `smoothed, some ignored: ${classes} classes`,
      inputs: [
        { shape: [9, classes], low: -5, high: 5 },
        { shape: [9], dtype: "i32", values: [0, 3, -1, 5, 2, -1, -1, 6, 1] },
      ],
      apply: (logits, labels) => crossEntropy(logits, labels, { labelSmoothing: 0.1, ignoreIndex: -1 }),
      tolerance: normalised,
      secondGradient: true,
    }),
  ),
  drawn("one class", [3, 1], [3]),
  drawn("a prime count", [7, 13], [7]),
  drawn("a batch of digits", [64, 10], [64]),
  drawn("many classes", [3, 1300], [3], "sum"),
  drawn("no row: the losses", [0, 5], [0], "none"),
  drawn("no row: the sum", [0, 5], [0], "sum"),
  drawn("a class for each pixel", [2, 5, 3, 4], [2, 3, 4]),
  drawn("a class for each step", [2, 5, 7], [2, 7], "none"),
  {
    name: "no row: the mean is no number",
    inputs: [{ shape: [0, 5] }, { shape: [0], dtype: "i32" }],
    apply: (logits, labels) => crossEntropy(logits, labels),
    tolerance: normalised,
    expected: [Number.NaN],
    withoutGradient: true,
  },
  {
    name: "transposed logits",
    inputs: [{ shape: [6, 5] }, { shape: [5], dtype: "i32", low: 0, high: 6 }],
    apply: (logits, labels) => crossEntropy(transpose(logits), labels),
    tolerance: normalised,
    shape: [],
  },
  {
    name: "probabilities in the place of labels",
    inputs: [known, { shape: [2, 3], values: [0.5, 0, 0.5, 0, 1, 0] }],
    apply: (logits, target) => crossEntropy(logits, target, { reduction: "none" }),
    tolerance: normalised,
    expected: [(Math.log(8) + Math.log(1.6)) / 2, 3 * Math.LN2],
    secondGradient: true,
  },
  {
    name: "weights of classes",
    inputs: [known, given([2, 1], "i32"), given([1, 3, 2])],
    apply: (logits, labels, weight) => crossEntropy(logits, labels, { weight }),
    tolerance: normalised,
    shape: [],
    expected: [(2 * Math.log(1.6) + 9 * Math.LN2) / 5],
  },
  {
    name: "weights, and a label that is no class",
    inputs: [known, given([2, 3], "i32"), given([1, 3, 2])],
    apply: (logits, labels, weight) => crossEntropy(logits, labels, { weight, reduction: "none" }),
    tolerance: normalised,
    expected: [2 * Math.log(1.6), Number.NaN],
    withoutGradient: true,
  },
]);

testOp("crossEntropyGradient", [
  {
    name: "probabilities less the label, times dy",
    inputs: [known, given([2, 1], "i32"), given([1, 8])],
    apply: (logits, labels, dy) => crossEntropyGradient(logits, labels, dy),
    tolerance: normalised,
    expected: [0.125, 0.25, 0.625 - 1, 5, 1 - 8, 2],
    secondGradient: true,
  },
]);

testErrors("crossEntropy", [
  {
    name: "labels of fractions",
    run: () => crossEntropy(inputNode([2, 3], "f32"), inputNode([2], "f32")),
    error: DtypeError,
    text: "crossEntropy: labels has dtype f32; it must be i32 or u32.",
  },
  {
    name: "logits of integers",
    run: () => crossEntropy(inputNode([2, 3], "i32"), inputNode([2], "i32")),
    error: DtypeError,
    text: "crossEntropy: logits has dtype i32; it must be f32 or f16.",
  },
  {
    name: "labels of another count",
    run: () => crossEntropy(inputNode([2, 3], "f32"), inputNode([3], "i32")),
    error: ShapeError,
    text: "crossEntropy: labels are [3] for logits [2, 3]; they must be [2], one class index for each row.",
  },
  {
    name: "a scalar",
    run: () => crossEntropy(inputNode([], "f32"), inputNode([], "i32")),
    error: ShapeError,
    text: "crossEntropy: logits are []; they must be [batch, classes] with at least one class.",
  },
  {
    name: "no class",
    run: () => crossEntropy(inputNode([2, 0], "f32"), inputNode([2], "i32")),
    error: ShapeError,
    text: "crossEntropy: logits are [2, 0]; they must be [batch, classes] with at least one class.",
  },
  {
    name: "an unknown reduction",
    run: () =>
      crossEntropy(inputNode([2, 3], "f32"), inputNode([2], "i32"), { reduction: "total" as Reduction }),
    error: UsageError,
    text: 'crossEntropy: reduction "total"; it must be "mean", "sum" or "none".',
  },
  {
    name: "a label to be ignored that is no whole number",
    run: () => crossEntropy(inputNode([2, 3], "f32"), inputNode([2], "i32"), { ignoreIndex: 0.5 }),
    error: UsageError,
    text: "crossEntropy: ignoreIndex is 0.5; it must be a whole number from -2147483648 to 2147483647.",
  },
  {
    name: "a smoothing above 1",
    run: () => crossEntropy(inputNode([2, 3], "f32"), inputNode([2], "i32"), { labelSmoothing: 1.5 }),
    error: UsageError,
    text: "crossEntropy: labelSmoothing is 1.5; it must be from 0 to 1.",
  },
  {
    name: "weights of another length",
    run: () =>
      crossEntropy(inputNode([2, 3], "f32"), inputNode([2], "i32"), { weight: inputNode([2], "f32") }),
    error: ShapeError,
    text: "crossEntropy: weight is [2] for logits [2, 3]; it must be [3], a number for each class.",
  },
  {
    name: "weights of whole numbers",
    run: () =>
      crossEntropy(inputNode([2, 3], "f32"), inputNode([2, 3], "f32"), { weight: inputNode([3], "i32") }),
    error: DtypeError,
    text: "crossEntropy: weight has dtype i32; it must be f32 or f16.",
  },
]);
