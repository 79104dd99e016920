import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { penalizeRepeats } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { exact, ulps } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

function tokens(shape: readonly number[], ...values: number[]) {
  return { shape, dtype: "i32", values } as const;
}

testOp("penalizeRepeats", [
  {
    name: "positive ones are divided, negative ones multiplied, each once",
    inputs: [given([4, -3, 0, 8, -1, 6]), tokens([5], 0, 1, 0, 2, 0)],
    apply: (logits, history) => penalizeRepeats(logits, { penalty: 2, history }),
    tolerance: exact,
    expected: [2, -6, 0, 8, -1, 6],
    dy: [1, 1, 0, 1, 1, 1],
    expectedGradients: [[0.5, 2, 0, 1, 1, 1]],
  },
  {
    name: "rows of their own, lengths and penalties of their own",
    inputs: [
      { shape: [3, 4], values: [4, 4, 4, 4, 4, -4, 4, -4, 4, 4, 4, 4] },
      tokens([3, 3], 3, 2, 1, 1, 0, 0, 0, 1, 2),
      given([2, 0.5, 4]),
      tokens([3], 2, 3, 0),
    ],
    apply: (logits, history, penalty, length) => penalizeRepeats(logits, { penalty, history, length }),
    tolerance: exact,
    expected: [4, 4, 2, 2, 8, -2, 4, -4, 4, 4, 4, 4],
    withoutGradient: true,
  },
  {
    name: "one length and one penalty on the GPU, u32 tokens",
    inputs: [
      { shape: [2, 9] },
      { shape: [2, 20], dtype: "u32", low: 0, high: 9 },
      { shape: [], values: [1.25] },
      tokens([], 7),
    ],
    apply: (logits, history, penalty, length) => penalizeRepeats(logits, { penalty, history, length }),
    tolerance: ulps(3),
    shape: [2, 9],
    withoutGradient: true,
  },
  {
    name: "what is no token, and a mask",
    inputs: [given([4, -Infinity, 2]), tokens([5], -1, 3, 1, 2147483647, -2147483648)],
    apply: (logits, history) => penalizeRepeats(logits, { penalty: 2, history, length: 100 }),
    tolerance: exact,
    expected: [4, -Infinity, 2],
    withoutGradient: true,
  },
  {
    name: "no history",
    inputs: [{ shape: [2, 3] }, tokens([2, 0])],
    apply: (logits, history) => penalizeRepeats(logits, { penalty: 2, history }),
    tolerance: exact,
    shape: [2, 3],
  },
]);

const logits = inputNode([2, 9], "f32");
const history = inputNode([2, 5], "i32");

testErrors("penalizeRepeats", [
  {
    name: "a penalty of 0",
    run: () => penalizeRepeats(logits, { penalty: 0, history }),
    error: UsageError,
    text: "penalizeRepeats: penalty is 0; it must be a number above 0.",
  },
  {
    name: "a history of another batch",
    run: () => penalizeRepeats(logits, { penalty: 2, history: inputNode([5], "i32") }),
    error: ShapeError,
    text: "penalizeRepeats: history is [5] for logits [2, 9]; it must be [2, capacity].",
  },
  {
    name: "a length for another batch",
    run: () => penalizeRepeats(logits, { penalty: 2, history, length: inputNode([3], "i32") }),
    error: ShapeError,
    text: "penalizeRepeats: length is [3]; it must be [] or [2].",
  },
  {
    name: "logits of a sequence",
    run: () => penalizeRepeats(inputNode([1, 2, 9], "f32"), { penalty: 2, history }),
    error: ShapeError,
    text: "penalizeRepeats: logits are [1, 2, 9]; they must be [batch, vocabulary] or [vocabulary].",
  },
  {
    name: "tokens with fractions",
    run: () => penalizeRepeats(logits, { penalty: 2, history: inputNode([2, 5], "f32") }),
    error: DtypeError,
    text: "penalizeRepeats: history has dtype f32; it must be i32 or u32.",
  },
]);
