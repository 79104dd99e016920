// Evaluation of a classifier: loss, accuracy, confusion matrix, and what it said about each example.
//
// Decides: what is measured, and that batches run ahead of their results. Leaves the model to the caller's function.

import { type CompiledFunction, compile } from "../api/compile.ts";
import type { Tensor } from "../api/tensor.ts";
import { ShapeError, UsageError } from "../base/errors.ts";
import { argmax, crossEntropy, max, softmax } from "../ops/index.ts";
import { printShape } from "../tensor/shape.ts";
import { ConfusionMatrix } from "./confusionMatrix.ts";
import { type Arrived, PendingReads } from "./pendingReads.ts";

/** A batch for a classifier: labels i32 [batch], and whatever the forward function reads. */
export interface LabelledBatch {
  readonly labels: Tensor;
}

/** What an evaluation found. Examples are in the order in which they came. */
export interface Evaluation {
  readonly examples: number;
  /** The mean cross-entropy. */
  readonly loss: number;
  /** The share of examples whose class was found, 0 to 1. */
  readonly accuracy: number;
  readonly confusion: ConfusionMatrix;
  readonly labels: Int32Array;
  readonly predicted: Int32Array;
  /** The probability that the model gave to the class it predicted. */
  readonly confidence: Float32Array;
}

export interface EvaluationOptions {
  readonly signal?: AbortSignal;
  /** Told after each batch how many examples are done. */
  readonly onProgress?: (examples: number) => void;
}

interface Judgement {
  readonly loss: Tensor;
  readonly predicted: Tensor;
  readonly confidence: Tensor;
}

/** Batches whose results may be under way at a time. */
const MAX_AHEAD = 4;

/**
 * Evaluates the same function again and again, with one plan for each size of batch. `forward` gives logits
 * [batch, classes] for a batch; it is traced, so it sets what is to be set (`model.eval()`) itself.
 */
export class Evaluator<B extends LabelledBatch> {
  private readonly judge: CompiledFunction<[B], Judgement>;
  private classes = 0;

  constructor(forward: (batch: B) => Tensor) {
    this.judge = compile((batch: B) => {
      const logits = forward(batch);
      requireLogits(logits, batch.labels);
      this.classes = logits.shape[1];
      return {
        loss: crossEntropy(logits, batch.labels, { reduction: "sum" }),
        predicted: argmax(logits, { axis: 1 }),
        confidence: max(softmax(logits, { axis: 1 }), { axis: 1 }),
      };
    });
  }

  /**
   * One pass over `batches`. Throws UsageError where there are none or a label is no class, ShapeError where logits and
   * labels do not fit, the signal's reason when it is aborted.
   */
  async run(batches: AsyncIterable<B>, { signal, onProgress }: EvaluationOptions = {}): Promise<Evaluation> {
    signal?.throwIfAborted();
    const reads = new PendingReads<undefined>();
    const arrived: Arrived<undefined>[] = [];
    let examples = 0;
    const take = async () => {
      const next = await reads.shift();
      signal?.throwIfAborted();
      arrived.push(next);
      examples += next.arrays[0].length;
      onProgress?.(examples);
    };
    for await (const batch of batches) {
      signal?.throwIfAborted();
      const { loss, predicted, confidence } = this.judge(batch);
      reads.push(undefined, [predicted, confidence, loss], [batch.labels]);
      if (reads.length > MAX_AHEAD) await take();
    }
    while (reads.length > 0) await take();
    if (examples === 0) throw new UsageError("evaluate: there are no examples; at least one is needed.");
    return summarize(arrived, examples, this.classes);
  }

  /** Gives the buffers of the plans back. */
  dispose(): void {
    this.judge.dispose();
  }
}

/** One evaluation with a plan that is thrown away. To evaluate several times, keep an `Evaluator`. */
export async function evaluate<B extends LabelledBatch>(
  forward: (batch: B) => Tensor,
  batches: AsyncIterable<B>,
  options: EvaluationOptions = {},
): Promise<Evaluation> {
  const evaluator = new Evaluator(forward);
  try {
    return await evaluator.run(batches, options);
  } finally {
    evaluator.dispose();
  }
}

function requireLogits(logits: Tensor, labels: Tensor): void {
  if (logits.shape.length === 2 && labels.shape.length === 1 && logits.shape[0] === labels.shape[0]) return;
  throw new ShapeError(
    `evaluate: logits are ${printShape(logits.shape)} and labels ${printShape(labels.shape)}; ` +
      "they must be [batch, classes] and [batch].",
  );
}

function summarize(batches: readonly Arrived<undefined>[], examples: number, classes: number): Evaluation {
  const predicted = new Int32Array(examples);
  const confidence = new Float32Array(examples);
  const labels = new Int32Array(examples);
  let start = 0;
  let lossSum = 0;
  for (const { arrays } of batches) {
    predicted.set(arrays[0], start);
    confidence.set(arrays[1], start);
    lossSum += arrays[2][0];
    labels.set(arrays[3], start);
    start += arrays[0].length;
  }
  const confusion = new ConfusionMatrix(classes);
  predicted.forEach((guess, i) => confusion.add(labels[i], guess));
  return {
    examples,
    loss: lossSum / examples,
    accuracy: confusion.accuracy,
    confusion,
    labels,
    predicted,
    confidence,
  };
}
