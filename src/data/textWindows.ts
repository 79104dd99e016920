// TextWindows: stretches of a long row of tokens, each with the tokens that follow, for language modelling.
//
// Decides: which stretches a step sees, from seed and step alone, and the ones in order by which a model is measured.
// Leaves to others: what the tokens stand for, and uploading.

import { UsageError } from "../base/errors.ts";
import { type BatchArray, type Dataset, requireBatchSize } from "./dataset.ts";
import { seededRandom } from "./seededRandom.ts";

const windowPurpose = 3;

export interface TextWindowsOptions {
  /** Tokens of a window. */
  readonly context: number;
  /** Windows of a batch. */
  readonly batchSize: number;
  /** Default: 0. */
  readonly seed?: number;
  /** Tokens must be from 0 to vocabularySize - 1. Default: from 0. */
  readonly vocabularySize?: number;
}

/** `targets` has, for each token, the one after it. */
export interface WindowBatch extends Record<string, BatchArray<Int32Array>> {
  tokens: BatchArray<Int32Array>; // [batch, context]
  targets: BatchArray<Int32Array>; // [batch, context]
}

/** Batches of windows that begin anywhere, each place as likely as any other. */
export class TextWindows {
  readonly context: number;
  readonly batchSize: number;
  /** The places at which a window may begin. */
  readonly starts: number;
  readonly #tokens: ArrayLike<number>;
  readonly #seed: number;

  /**
   * `tokens` is not copied. Throws UsageError where it is empty, shorter than context + 1, or has a token out of range;
   * where context or batchSize is not a whole number from 1, or seed not one from 0 to 2^53 - 1.
   */
  constructor(
    tokens: ArrayLike<number>,
    { context, batchSize, seed = 0, vocabularySize }: TextWindowsOptions,
  ) {
    requireWindows("TextWindows", tokens, context, vocabularySize);
    requireWhole("TextWindows", "batchSize", batchSize, 1);
    requireWhole("TextWindows", "seed", seed, 0);
    this.context = context;
    this.batchSize = batchSize;
    this.starts = tokens.length - context;
    this.#tokens = tokens;
    this.#seed = seed;
  }

  /** The batch of a step: always the same one, so that training resumes anywhere. Throws UsageError. */
  batchAt(step: number): WindowBatch {
    requireWhole("TextWindows", "step", step, 0);
    const random = seededRandom(this.#seed, windowPurpose, step);
    const starts = Array.from({ length: this.batchSize }, () => Math.floor(random() * this.starts));
    return gatherWindows(this.#tokens, starts, this.context);
  }
}

/**
 * The windows one after another, from the first token on, none overlapping: each token but the first is a target once, but
 * for those at the end that fill no window. A data set for DataLoader, too.
 */
export class OrderedWindows implements Dataset<WindowBatch> {
  /** Windows. */
  readonly length: number;
  readonly context: number;
  readonly #tokens: ArrayLike<number>;

  /** Throws UsageError as TextWindows does. */
  constructor(
    tokens: ArrayLike<number>,
    { context, vocabularySize }: Pick<TextWindowsOptions, "context" | "vocabularySize">,
  ) {
    requireWindows("OrderedWindows", tokens, context, vocabularySize);
    this.length = Math.floor((tokens.length - 1) / context);
    this.context = context;
    this.#tokens = tokens;
  }

  gatherBatch(indices: ArrayLike<number>): WindowBatch {
    const starts = Array.from(indices, (index, i) => {
      if (Number.isInteger(index) && index >= 0 && index < this.length) return index * this.context;
      throw new UsageError(
        `gatherBatch: index ${i} is ${index}; it must be a whole number from 0 to ${this.length - 1}.`,
      );
    });
    return gatherWindows(this.#tokens, starts, this.context);
  }

  /** All windows in order, `batchSize` at a time; the last batch may be smaller. Throws UsageError. */
  *batches(batchSize: number): Generator<WindowBatch, void, undefined> {
    requireBatchSize("OrderedWindows", batchSize, this.length);
    for (let first = 0; first < this.length; first += batchSize) {
      const count = Math.min(batchSize, this.length - first);
      yield this.gatherBatch(Array.from({ length: count }, (_, i) => first + i));
    }
  }
}

function gatherWindows(tokens: ArrayLike<number>, starts: readonly number[], context: number): WindowBatch {
  const inputs = new Int32Array(starts.length * context);
  const targets = new Int32Array(starts.length * context);
  starts.forEach((start, row) => {
    for (let i = 0; i < context; i++) {
      inputs[row * context + i] = tokens[start + i];
      targets[row * context + i] = tokens[start + i + 1];
    }
  });
  const shape = [starts.length, context];
  return { tokens: { shape, data: inputs }, targets: { shape: [...shape], data: targets } };
}

function requireWindows(
  caller: string,
  tokens: ArrayLike<number>,
  context: number,
  vocabularySize: number | undefined,
): void {
  requireWhole(caller, "context", context, 1);
  if (tokens.length === 0)
    throw new UsageError(`${caller}: the corpus is empty; it must have at least context + 1 tokens.`);
  if (tokens.length < context + 1) {
    throw new UsageError(
      `${caller}: the corpus has ${tokens.length} tokens, context is ${context}; ` +
        `it must have at least context + 1 = ${context + 1}.`,
    );
  }
  if (vocabularySize !== undefined) requireWhole(caller, "vocabularySize", vocabularySize, 1);
  const limit = vocabularySize ?? 2 ** 31;
  for (let i = 0; i < tokens.length; i++) {
    if (Number.isInteger(tokens[i]) && tokens[i] >= 0 && tokens[i] < limit) continue;
    throw new UsageError(
      `${caller}: token ${i} is ${tokens[i]}; it must be a whole number from 0 to ${limit - 1}.`,
    );
  }
}

function requireWhole(caller: string, name: string, value: number, lowest: number): void {
  if (Number.isSafeInteger(value) && value >= lowest) return;
  const range = lowest === 0 ? "from 0 to 2^53 - 1" : `from ${lowest}`;
  throw new UsageError(`${caller}: ${name} is ${value}; it must be a whole number ${range}.`);
}
