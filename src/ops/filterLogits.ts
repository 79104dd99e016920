// filterLogits: the probabilities with which the next token is drawn, after temperature, top-k, top-p and the penalty for
// repetitions. All four may be tensors, so that turning a knob compiles nothing.

import { ShapeError, UsageError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { constantNode } from "../graph/source.ts";
import { sampleFilter } from "../kernels/sampling.ts";
import { type Dtype, requireDtype, requireFloating } from "../tensor/dtype.ts";
import { hostZeros } from "../tensor/hostArray.ts";
import { isBroadcastable, printShape } from "../tensor/shape.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { apply, defineKernel, type Operand } from "./define.ts";
import { penalizeRepeats } from "./penalizeRepeats.ts";
import { reshape } from "./reshape.ts";

/** Which tokens may be drawn, and how boldly. Each is a number, or a tensor of [] or [batch] (which is not checked). */
export interface FilterOptions<T extends Value> {
  /** Logits are divided by it; 0 leaves the most likely token alone. From 0. Default 1. f32. */
  readonly temperature?: Operand<T>;
  /** How many of the most likely tokens are kept. From 1. Default: all. i32 or u32. */
  readonly topK?: Operand<T>;
  /** Of these the fewest whose probabilities reach it are kept. Above 0, up to 1. Default 1: all. f32. */
  readonly topP?: Operand<T>;
  /** See penalizeRepeats; it comes first. Default 1: none. Needs a history. f32. */
  readonly repetitionPenalty?: Operand<T>;
  /** Tokens so far: i32 or u32 [batch, capacity]. */
  readonly history?: T;
  /** How many of them count. Default: all. i32 or u32. */
  readonly historyLength?: Operand<T>;
}

const record = defineKernel<undefined>({
  name: "filterLogits",
  output: ([logits]) => ({ shape: logits.shape, dtype: "f32" }),
  reference([logits, temperature, topK, topP]) {
    const [rows, cols] = logits.shape;
    const y = hostZeros(logits.shape);
    for (let row = 0; row < rows; row++) {
      const values = logits.data.subarray(row * cols, (row + 1) * cols);
      const [heat, count, share] = [temperature, topK, topP].map(({ data }) => data[row]);
      y.data.set(filterRow(values, heat, count, share), row * cols);
    }
    return y;
  },
  dispatch: ([{ shape }], _attrs, device) => sampleFilter({ rows: shape[0], cols: shape[1] }, device),
});

/** The least temperature that divides: below it 1 / temperature is no f32. */
const LEAST_NORMAL = 2 ** -126;

function filterRow(logits: Float64Array, heat: number, topK: number, topP: number): Float64Array {
  const largest = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (!Number.isFinite(largest)) return logits.map(() => Number.NaN);
  const isGreedy = heat < LEAST_NORMAL;
  const ranked = [...logits.keys()].sort((a, b) => logits[b] - logits[a] || a - b);
  const first = ranked.slice(0, isGreedy ? 1 : Math.max(1, topK));
  const weights = logits.map((value) => (isGreedy ? 1 : Math.exp((value - largest) / heat)));
  const sumOf = (tokens: readonly number[]) => tokens.reduce((sum, token) => sum + weights[token], 0);
  const enough = topP * sumOf(first);
  let count = 0;
  for (let sum = 0; count < first.length && (count === 0 || topP >= 1 || sum < enough); count++)
    sum += weights[first[count]];
  const kept = first.slice(0, count);
  const total = sumOf(kept);
  const y = logits.map(() => 0);
  for (const token of kept) y[token] = weights[token] / total;
  return y;
}

/**
 * The probabilities of the next token: softmax(logits / temperature) over the first `topK` tokens, and of these over the
 * fewest first ones whose probabilities add up to `topP`; 0 elsewhere. Tokens rank by logit, equal ones by index.
 * logits: [batch, vocabulary] or [vocabulary], f32 or f16; y: f32, the same shape. A row with NaN, +infinity, or nothing
 * but -infinity gives NaN. Has no gradient. Throws UsageError for numbers out of their range, ShapeError, DtypeError.
 * Source: Fan et al. 2018 (top-k); Holtzman et al. 2020 (top-p).
 */
export function filterLogits<T extends Value>(logits: T, options: FilterOptions<T> = {}): T {
  requireFloating("filterLogits", "logits", logits);
  const { shape } = logits;
  const cols = shape[shape.length - 1];
  if (shape.length < 1 || shape.length > 2 || cols === 0) {
    throw new ShapeError(
      `filterLogits: logits are ${printShape(shape)}; they must be [batch, vocabulary] or [vocabulary], with at least one token.`,
    );
  }
  requireRanges(options);
  const { temperature = 1, topK = 2 ** 31 - 1, topP = 1 } = options;
  const rows = shape.length === 1 ? 1 : shape[0];
  const matrix = reshape(withPenalty(logits, options), [rows, cols]);
  const perRow = (name: string, value: Operand<T>, dtypes: readonly Dtype[]) => {
    const given = typeof value === "number" ? logits.derive(constantNode(value, dtypes[0]), [logits]) : value;
    requireDtype("filterLogits", name, given, dtypes);
    if (isBroadcastable(given.shape, [rows])) return broadcastTo(given, [rows]);
    throw new ShapeError(`filterLogits: ${name} is ${printShape(given.shape)}; it must be [] or [${rows}].`);
  };
  const knobs = [
    perRow("temperature", temperature, ["f32", "f16"]),
    perRow("topK", topK, ["i32", "u32"]),
    perRow("topP", topP, ["f32", "f16"]),
  ];
  return reshape(apply(record, [matrix, ...knobs], undefined), shape);
}

function withPenalty<T extends Value>(logits: T, options: FilterOptions<T>): T {
  const { repetitionPenalty: penalty = 1, history, historyLength: length } = options;
  if (penalty === 1) return logits;
  if (history === undefined) {
    throw new UsageError("filterLogits: a repetitionPenalty without a history; give the tokens so far.");
  }
  return penalizeRepeats(logits, { penalty, history, length });
}

/** Checks what is given as a number. Tensors have their values later. */
function requireRanges<T extends Value>({ temperature, topK, topP }: FilterOptions<T>): void {
  const require = (
    name: string,
    value: Operand<T> | undefined,
    isFine: (n: number) => boolean,
    what: string,
  ) => {
    if (typeof value !== "number" || isFine(value)) return;
    throw new UsageError(`filterLogits: ${name} is ${value}; it must be ${what}.`);
  };
  require("temperature", temperature, (n) => n >= 0 && Number.isFinite(n), "a number from 0");
  require("topK", topK, (n) => Number.isInteger(n) && n >= 1 && n < 2 ** 31, "a whole number from 1");
  require("topP", topP, (n) => n > 0 && n <= 1, "above 0 and at most 1");
}
