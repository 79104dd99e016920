// TaskItems: the items of a text task, drawn from a seed, and batches of them.
//
// Decides: which prompts come, in which order, and how an item lies in a batch: the model reads prompt and answer, and
// is asked for the answer alone. Leaves to src/text/tasks.ts the tasks, to the tokenizer which number a character has.

import { UsageError } from "../base/errors.ts";
import { requireWhole } from "../base/requireWhole.ts";
import type { TaskItem, TaskSplit, TextTask } from "../text/tasks.ts";
import type { Tokenizer } from "../text/tokenizer.ts";
import type { BatchArray } from "./dataset.ts";
import { seededRandom } from "./seededRandom.ts";

const trainPurpose = 4;
const testPurpose = 5;
const mostDraws = 10_000;

/** The label of a place for which the model is not asked, as in PyTorch's cross-entropy. */
export const ignoredLabel = -100;

export interface TaskItemsOptions {
  readonly split: TaskSplit;
  /** Default: 0. */
  readonly seed?: number;
}

/** `tokens` is what the model reads, `labels` what comes next where that belongs to an answer, else -100. */
export interface TaskBatch {
  tokens: BatchArray<Int32Array>; // [batch, context]
  labels: BatchArray<Int32Array>; // [batch, context]
}

export class TaskItems {
  readonly task: TextTask;
  readonly split: TaskSplit;
  /** Tokens of a row of a batch: prompt and answer but for the last character, which is only asked for. */
  readonly context: number;
  readonly #seed: number;

  /** Throws UsageError unless seed is a whole number from 0 to 2^53 - 1 and split is "train" or "test". */
  constructor(task: TextTask, { split, seed = 0 }: TaskItemsOptions) {
    if (split !== "train" && split !== "test")
      throw new UsageError(`TaskItems: split is ${String(split)}; it must be "train" or "test".`);
    seededRandom(seed);
    this.task = task;
    this.split = split;
    this.context = task.promptLength + task.answerLength - 1;
    this.#seed = seed;
  }

  /** Item `index`: a function of task, split, seed and index. Throws UsageError unless index is a whole number from 0. */
  itemAt(index: number): TaskItem {
    const purpose = this.split === "train" ? trainPurpose : testPurpose;
    const random = seededRandom(this.#seed, purpose, index);
    for (let draw = 0; draw < mostDraws; draw++) {
      const prompt = this.task.draw(random);
      if (this.task.splitOf(prompt) === this.split) return { prompt, answer: this.task.solve(prompt) };
    }
    throw new UsageError(
      `TaskItems: of ${mostDraws} prompts of ${this.task.name} none is for ${this.split}; ` +
        "the task must be larger or its testShare another.",
    );
  }

  /**
   * The first items whose prompts differ, `count` of them, or as many as ten draws for each have given: a small task has
   * no more.
   */
  distinct(count: number): TaskItem[] {
    requireWhole("TaskItems: count", count, 1);
    const items = new Map<string, TaskItem>();
    for (let index = 0; items.size < count && index < 10 * count; index++) {
      const item = this.itemAt(index);
      items.set(item.prompt, item);
    }
    return [...items.values()];
  }

  /**
   * Items batchSize * step to batchSize * (step + 1) - 1, so that training resumes at any step. Throws UsageError where a
   * number is not whole, or the tokenizer does not give a token for each character.
   */
  batchAt(
    step: number,
    { batchSize, tokenizer }: { readonly batchSize: number; readonly tokenizer: Tokenizer },
  ): TaskBatch {
    requireWhole("TaskItems: step", step, 0);
    requireWhole("TaskItems: batchSize", batchSize, 1);
    const items = Array.from({ length: batchSize }, (_, row) => this.itemAt(step * batchSize + row));
    return layOut(this.task, items, tokenizer);
  }

  /** Any items of the task as a batch. Throws UsageError where the tokenizer does not give a token for each character. */
  batchOf(items: readonly TaskItem[], tokenizer: Tokenizer): TaskBatch {
    return layOut(this.task, items, tokenizer);
  }
}

function layOut(task: TextTask, items: readonly TaskItem[], tokenizer: Tokenizer): TaskBatch {
  const context = task.promptLength + task.answerLength - 1;
  const shape = [items.length, context];
  const tokens = new Int32Array(items.length * context);
  const labels = new Int32Array(items.length * context).fill(ignoredLabel);
  items.forEach(({ prompt, answer }, row) => {
    const all = tokenizer.encode(prompt + answer);
    if (all.length !== context + 1) {
      throw new UsageError(
        `TaskItems: the tokenizer makes ${all.length} tokens of ${JSON.stringify(prompt + answer)}; ` +
          `it must make ${context + 1}, one for each character.`,
      );
    }
    tokens.set(all.subarray(0, context), row * context);
    // The last character of the prompt is the first from which the answer is asked.
    const first = task.promptLength - 1;
    labels.set(all.subarray(first + 1), row * context + first);
  });
  return { tokens: { shape, data: tokens }, labels: { shape: [...shape], data: labels } };
}
