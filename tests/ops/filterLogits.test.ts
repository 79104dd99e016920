import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { filterLogits, mul, slice, transpose } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { exact, normalised } from "./families.ts";
import type { OpCase } from "./opCase.ts";
import { testErrors, testOp } from "./testOp.ts";

/** One row of logits with these probabilities. */
function logsOf(...probabilities: number[]) {
  return given(probabilities.map(Math.log));
}

const common = { tolerance: normalised, withoutGradient: true, dtype: "f32" } as const;

function randomLogits(vocabulary: number): OpCase {
  return {
    name: `random logits of ${vocabulary}`,
    inputs: [
      { shape: [5, vocabulary], low: -12, high: 12 },
      given([1, 0.7, 2, 5, 1]),
      given([50, 3, 1000, 7, 100], "i32"),
      given([0.9, 1, 0.95, 0.8, 0.3]),
    ],
    apply: (x, temperature, topK, topP) => filterLogits(x, { temperature, topK, topP }),
    shape: [5, vocabulary],
    ...common,
  };
}

testOp("filterLogits", [
  {
    name: "nothing is softmax",
    inputs: [logsOf(0.5, 0.125, 0.375)],
    apply: (x) => filterLogits(x),
    expected: [0.5, 0.125, 0.375],
    ...common,
  },
  {
    name: "a temperature of one half squares",
    inputs: [logsOf(0.5, 0.25, 0.25)],
    apply: (x) => filterLogits(x, { temperature: 0.5 }),
    expected: [4 / 6, 1 / 6, 1 / 6],
    ...common,
  },
  {
    name: "a temperature of 0 is the largest, of equal ones the first",
    inputs: [{ shape: [3, 4], values: [1, 3, 2, 3, -1, -1, -1, -2, -Infinity, -9, -Infinity, -9] }],
    apply: (x) => filterLogits(x, { temperature: 0, topP: 0.9, topK: 3 }),
    expected: [0, 1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0],
    ...common,
    tolerance: exact,
  },
  {
    name: "the two most likely",
    inputs: [logsOf(0.1, 0.3, 0.2, 0.4)],
    apply: (x) => filterLogits(x, { topK: 2 }),
    expected: [0, 3 / 7, 0, 4 / 7],
    ...common,
  },
  {
    name: "of equal ones the first, in the middle of them",
    inputs: [{ shape: [2, 6], values: [1, 2, 1, 2, 1, 1, -3, -3, -3, -3, -3, -3] }],
    apply: (x) => filterLogits(x, { topK: 4, temperature: 1e9 }),
    expected: [0.25, 0.25, 0.25, 0.25, 0, 0, 0.25, 0.25, 0.25, 0.25, 0, 0],
    roundsConstants: true,
    ...common,
  },
  {
    name: "more than there are",
    inputs: [logsOf(0.25, 0.75)],
    apply: (x) => filterLogits(x, { topK: 1000 }),
    expected: [0.25, 0.75],
    ...common,
  },
  {
    name: "the fewest that reach a share",
    inputs: [logsOf(0.1, 0.3, 0.2, 0.4)],
    apply: (x) => filterLogits(x, { topP: 0.75 }),
    expected: [0, 3 / 9, 2 / 9, 4 / 9],
    ...common,
  },
  {
    name: "a share below the largest",
    inputs: [logsOf(0.1, 0.3, 0.2, 0.4)],
    apply: (x) => filterLogits(x, { topP: 0.001 }),
    expected: [0, 0, 0, 1],
    ...common,
    tolerance: exact,
  },
  {
    name: "a share of equal ones: the first",
    inputs: [{ shape: [8], values: [5, 5, 5, 5, 5, 5, 5, 5] }],
    apply: (x) => filterLogits(x, { topP: 0.45 }),
    expected: [0.25, 0.25, 0.25, 0.25, 0, 0, 0, 0],
    ...common,
    tolerance: exact,
  },
  {
    name: "a share of what the first few have",
    inputs: [logsOf(0.1, 0.3, 0.2, 0.4)],
    // 0.4 of the 0.7 that are kept are 57 %, which is enough; of all they are not.
    apply: (x) => filterLogits(x, { topK: 2, topP: 0.5 }),
    expected: [0, 0, 0, 1],
    ...common,
    tolerance: exact,
  },
  {
    name: "a share of equal ones of which the first few are kept",
    inputs: [{ shape: [7], values: [0, 2, 2, 2, 2, 2, 0] }],
    apply: (x) => filterLogits(x, { topK: 4, topP: 0.6 }),
    expected: [0, 1 / 3, 1 / 3, 1 / 3, 0, 0, 0],
    ...common,
  },
  {
    name: "the temperature counts before the share",
    inputs: [logsOf(0.1, 0.3, 0.2, 0.4)],
    // Squares: 1, 9, 4 and 16 of 30; the two largest are 83 %.
    apply: (x) => filterLogits(x, { temperature: 0.5, topP: 0.8 }),
    expected: [0, 9 / 25, 0, 16 / 25],
    ...common,
  },
  {
    name: "knobs on the GPU, one for each row",
    inputs: [
      { shape: [3, 5], values: [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5].map((p) => Math.log(p / 15)) },
      given([1, 0.5, 0]),
      given([2, 5, 3], "i32"),
      given([1, 0.6, 0.5]),
    ],
    apply: (x, temperature, topK, topP) => filterLogits(x, { temperature, topK, topP }),
    expected: [0, 0, 0, 4 / 9, 5 / 9, 0, 0, 0, 16 / 41, 25 / 41, 0, 0, 0, 0, 1],
    ...common,
  },
  {
    name: "knobs on the GPU, one for all, and out of their ranges",
    inputs: [
      logsOf(0.2, 0.5, 0.3),
      { shape: [], values: [-1] },
      { shape: [], dtype: "i32", values: [-7] },
      { shape: [], values: [-2] },
    ],
    apply: (x, temperature, topK, topP) => filterLogits(x, { temperature, topK, topP }),
    expected: [0, 1, 0],
    ...common,
    tolerance: exact,
  },
  {
    name: "masked tokens, zeros of both signs, and a wide range",
    inputs: [{ shape: [2, 5], values: [-Infinity, -0, 0, -Infinity, -1e30, 1e30, -1e30, 3e38, 3e38, 0] }],
    apply: (x) => filterLogits(x, { topK: 3, topP: 0.9 }),
    expected: [0, 0.5, 0.5, 0, 0, 0, 0, 0.5, 0.5, 0],
    ...common,
    tolerance: exact,
  },
  {
    name: "numbers that arithmetic may take for 0",
    inputs: [{ shape: [6], values: [-1e-40, -2e-40, 1e-40, -3e-40, 0, -4e-40] }],
    apply: (x) => filterLogits(x, { topK: 4 }),
    expected: [0.25, 0.25, 0.25, 0, 0.25, 0],
    ...common,
    tolerance: exact,
  },
  {
    name: "no number, infinity and nothing above -infinity spoil their rows",
    inputs: [
      {
        shape: [5, 2],
        values: [0, Number.NaN, Infinity, 0, -Infinity, -Infinity, 1, 1, -Infinity, 3],
      },
    ],
    apply: (x) => filterLogits(x, { temperature: 0.7, topP: 0.99 }),
    expected: [...Array(6).fill(Number.NaN), 0.5, 0.5, 0, 1],
    ...common,
  },
  {
    name: "one token",
    inputs: [{ shape: [2, 1], values: [-3, 4] }],
    apply: (x) => filterLogits(x, { topK: 1, topP: 0.5 }),
    expected: [1, 1],
    ...common,
    tolerance: exact,
  },
  {
    name: "no row",
    inputs: [{ shape: [0, 3] }],
    apply: (x) => filterLogits(x, { topK: 2 }),
    shape: [0, 3],
    ...common,
  },
  {
    name: "penalised repetitions",
    inputs: [given([2, -1, 0.5, 3]), given([0, 1, 0], "i32")],
    apply: (x, history) => filterLogits(x, { repetitionPenalty: 2, history, topK: 3 }),
    expected: [1, Number.NEGATIVE_INFINITY, 0.5, 3].map(
      (value) => Math.exp(value) / (Math.E + Math.exp(0.5) + Math.exp(3)),
    ),
    ...common,
  },
  ...[2, 65, 130, 1027, 3000].map(randomLogits),
  {
    name: "the vocabulary of GPT-2",
    inputs: [{ shape: [2, 50257], low: -10, high: 20 }, given([40, 50257], "i32"), given([1, 0.9])],
    apply: (x, topK, topP) => filterLogits(x, { topK, topP, temperature: 2 }),
    ...common,
  },
  {
    name: "a slice of computed logits, seen transposed",
    inputs: [{ shape: [70, 6] }],
    apply: (x) => filterLogits(mul(slice(transpose(x), { starts: [1], steps: [2] }), 3), { topK: 9 }),
    shape: [3, 70],
    ...common,
  },
]);

const logits = inputNode([2, 9], "f32");

testErrors("filterLogits", [
  {
    name: "no token to keep",
    run: () => filterLogits(logits, { topK: 0 }),
    error: UsageError,
    text: "filterLogits: topK is 0; it must be a whole number from 1.",
  },
  {
    name: "a fraction of a token",
    run: () => filterLogits(logits, { topK: 2.5 }),
    error: UsageError,
    text: "filterLogits: topK is 2.5; it must be a whole number from 1.",
  },
  {
    name: "no share",
    run: () => filterLogits(logits, { topP: 0 }),
    error: UsageError,
    text: "filterLogits: topP is 0; it must be above 0 and at most 1.",
  },
  {
    name: "more than all",
    run: () => filterLogits(logits, { topP: 1.01 }),
    error: UsageError,
    text: "filterLogits: topP is 1.01; it must be above 0 and at most 1.",
  },
  {
    name: "below the coldest",
    run: () => filterLogits(logits, { temperature: -0.1 }),
    error: UsageError,
    text: "filterLogits: temperature is -0.1; it must be a number from 0.",
  },
  {
    name: "no temperature",
    run: () => filterLogits(logits, { temperature: Number.NaN }),
    error: UsageError,
    text: "filterLogits: temperature is NaN; it must be a number from 0.",
  },
  {
    name: "no vocabulary",
    run: () => filterLogits(inputNode([2, 0], "f32")),
    error: ShapeError,
    text: "filterLogits: logits are [2, 0]; they must be [batch, vocabulary] or [vocabulary], with at least one token.",
  },
  {
    name: "a whole sequence",
    run: () => filterLogits(inputNode([1, 2, 9], "f32")),
    error: ShapeError,
    text: "filterLogits: logits are [1, 2, 9]; they must be [batch, vocabulary] or [vocabulary], with at least one token.",
  },
  {
    name: "a knob for another batch",
    run: () => filterLogits(logits, { topP: inputNode([3], "f32") }),
    error: ShapeError,
    text: "filterLogits: topP is [3]; it must be [] or [2].",
  },
  {
    name: "a count with fractions",
    run: () => filterLogits(logits, { topK: inputNode([], "f32") }),
    error: DtypeError,
    text: "filterLogits: topK has dtype f32; it must be i32 or u32.",
  },
  {
    name: "whole logits",
    run: () => filterLogits(inputNode([9], "i32")),
    error: DtypeError,
    text: "filterLogits: logits has dtype i32; it must be f32 or f16.",
  },
  {
    name: "a penalty for nothing",
    run: () => filterLogits(logits, { repetitionPenalty: 1.2 }),
    error: UsageError,
    text: "filterLogits: a repetitionPenalty without a history; give the tokens so far.",
  },
]);
