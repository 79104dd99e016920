import { test } from "vitest";
import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { ctcLoss, logSoftmax } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { normalised } from "./families.ts";
import { checkSecondGradient } from "./opCase.ts";
import { testErrors, testOp } from "./testOp.ts";

const x = inputNode([4, 2, 3], "f32");
const targets = inputNode([2, 2], "i32");

/** log of 1/2, 1/4 and 1/8. */
const [half, quarter, eighth] = [0.5, 0.25, 0.125].map(Math.log);

testOp("ctcLoss", [
  {
    // "a" in two steps is a a, a -, - a: 3/8 1/4 + 3/8 1/2 + 1/2 1/4.
    name: "known values, not even adding up to 1",
    inputs: [
      { shape: [2, 1, 2], values: [half, Math.log(0.375), half, quarter] },
      { shape: [1, 1], values: [1], dtype: "i32" },
    ],
    apply: (x, t) => ctcLoss(x, t, 2, 1, { reduction: "none" }),
    tolerance: normalised,
    shape: [1],
    expected: [-Math.log(0.375 * 0.25 + 0.375 * 0.5 + 0.5 * 0.25)],
  },
  {
    name: "behind logSoftmax, where the gradient is PyTorch's",
    inputs: [
      {
        shape: [3, 2, 3],
        values: [1, -0.5, 0.25, 0.5, 2, -1, 0, 1, -1, 0.75, -0.25, 0.5, -1, 0.5, 0.125, 2, 1, 0],
      },
      { shape: [2, 2], values: [1, 1, 2, 0], dtype: "i32" },
      given([3, 2], "i32"),
      given([2, 1], "u32"),
    ],
    apply: (x, t, steps, counts) => ctcLoss(logSoftmax(x), t, steps, counts),
    tolerance: normalised,
    shape: [],
    expected: [2.1924091281727476],
    dy: [1],
    expectedGradients: [
      [
        0.1474494159142032, -0.2170995882132715, 0.0696501722990683, -0.24356070087791856,
        0.39279851729463783, -0.1492378164167193, -0.18881788223630053, 0.16631023894370542,
        0.022507643292595105, 0.13802570540929726, 0.08568566408189571, -0.22371136949119294,
        0.029199106175383124, -0.11913868499014475, 0.08993957881476163, 0, 0, 0,
      ],
    ],
  },
  {
    name: "no path; none needed; a length out of range; a label that is no class; NaN, and NaN that does not count",
    inputs: [
      {
        shape: [2, 6, 2],
        values: Array.from({ length: 24 }, (_, at) => (at === 20 || at === 23 ? Number.NaN : eighth)),
      },
      { shape: [6, 2], values: [1, 1, 1, 1, 1, 1, 1, 5, 1, 1, 1, 0], dtype: "i32" },
      given([2, 0, 3, 2, 2, 1], "i32"),
      given([2, 0, 1, 2, 1, 1], "i32"),
    ],
    apply: (x, t, steps, counts) => ctcLoss(x, t, steps, counts, { reduction: "none" }),
    tolerance: normalised,
    expected: [Infinity, 0, Number.NaN, Number.NaN, Number.NaN, -eighth],
    withoutGradient: true,
  },
  {
    name: "infinity counts nothing",
    inputs: [
      { shape: [1, 2, 2], values: [half, half, half, quarter] },
      { shape: [2, 2], values: [1, 1, 1, 0], dtype: "i32" },
      given([2, 1], "i32"),
    ],
    apply: (x, t, counts) => ctcLoss(x, t, 1, counts, { zeroInfinity: true }),
    tolerance: normalised,
    expected: [-quarter / 2],
    dy: [1],
    expectedGradients: [[0, 0, 0, -0.5]],
  },
]);

if (!__GPU__) {
  test("gradients of gradients: a label twice, a sequence that is shorter, one that is empty", () => {
    checkSecondGradient({
      name: "several steps",
      inputs: [
        { shape: [4, 3, 3], low: -3, high: 0 },
        { shape: [3, 2], values: [1, 2, 2, 2, 0, 0], dtype: "i32" },
        given([3, 4, 2], "i32"),
        given([2, 2, 0], "i32"),
      ],
      apply: (x, t, steps, counts) => ctcLoss(x, t, steps, counts, { reduction: "none" }),
      tolerance: normalised,
    });
  });
}

testErrors("ctcLoss", [
  {
    name: "log-probabilities without a step",
    run: () => ctcLoss(inputNode([0, 2, 3], "f32"), targets, 0, 0),
    error: ShapeError,
    text: "ctcLoss: logProbs is [0, 2, 3]; it must be [time, batch, classes] or [time, classes], with a step and a class.",
  },
  {
    name: "log-probabilities that are whole numbers",
    run: () => ctcLoss(inputNode([4, 2, 3], "i32"), targets, 4, 2),
    error: DtypeError,
    text: "ctcLoss: logProbs has dtype i32; it must be f32 or f16.",
  },
  {
    name: "targets that are fractions",
    run: () => ctcLoss(x, inputNode([2, 2], "f32"), 4, 2),
    error: DtypeError,
    text: "ctcLoss: targets has dtype f32; it must be i32 or u32.",
  },
  {
    name: "targets of another batch",
    run: () => ctcLoss(x, inputNode([3, 2], "i32"), 4, 2),
    error: ShapeError,
    text: "ctcLoss: targets are [3, 2]; they must be [2, labels], or one row.",
  },
  {
    name: "one row of other lengths",
    run: () => ctcLoss(x, inputNode([5], "i32"), 4, 2),
    error: ShapeError,
    text: "ctcLoss: targets are [5]; they must be [2, labels], or one row of as many labels as targetLengths say.",
  },
  {
    name: "more labels than there is memory for",
    run: () => ctcLoss(x, inputNode([2, 1001], "i32"), 4, 2),
    error: UsageError,
    text: "ctcLoss: targets may have 1001 labels each; they must have at most 1000.",
  },
  {
    name: "more steps than there are",
    run: () => ctcLoss(x, targets, 5, 2),
    error: UsageError,
    text: "ctcLoss: inputLengths is 5; it must be a whole number from 0 to 4.",
  },
  {
    name: "a fraction of a label",
    run: () => ctcLoss(x, targets, 4, 1.5),
    error: UsageError,
    text: "ctcLoss: targetLengths is 1.5; it must be a whole number from 0 to 2.",
  },
  {
    name: "lengths of another batch",
    run: () => ctcLoss(x, targets, inputNode([3], "i32"), 2),
    error: ShapeError,
    text: "ctcLoss: inputLengths is [3]; it must be [2], a length for each sequence, or a number.",
  },
  {
    name: "lengths that are fractions",
    run: () => ctcLoss(x, targets, 4, inputNode([2], "f32")),
    error: DtypeError,
    text: "ctcLoss: targetLengths has dtype f32; it must be i32 or u32.",
  },
  {
    name: "a blank that is no class",
    run: () => ctcLoss(x, targets, 4, 2, { blank: 3 }),
    error: UsageError,
    text: "ctcLoss: blank is 3; it must be a whole number from 0 to 2.",
  },
  {
    name: "a blank that is no number",
    run: () => ctcLoss(x, targets, 4, 2, { blank: Number.NaN }),
    error: UsageError,
    text: "ctcLoss: blank is NaN; it must be a whole number from 0 to 2.",
  },
  {
    name: "an unknown reduction",
    run: () => ctcLoss(x, targets, 4, 2, { reduction: "average" as "sum" }),
    error: UsageError,
    text: 'ctcLoss: reduction "average"; it must be "mean", "sum" or "none".',
  },
]);
