// Lessons: the batches that a GPT learns from, out of a text or a generated task, and what it is measured by.

import {
  BytePairTokenizer,
  CharacterTokenizer,
  OrderedWindows,
  TaskItems,
  TextWindows,
  type Tokenizer,
  tasks,
} from "../../src/index.ts";
import type { GptSettings } from "./settings.ts";

/** Tokens [rows, context] and what comes after each; -100 where that is not asked. */
export interface Batch {
  readonly rows: number;
  readonly tokens: Int32Array<ArrayBuffer>;
  readonly targets: Int32Array<ArrayBuffer>;
}

export interface Lessons {
  readonly tokenizer: Tokenizer;
  /** Tokens of a row. */
  readonly context: number;
  /** Tokens that a text may have in all, prompt and what follows: the context of the model. */
  readonly modelContext: number;
  /** What training begins a sample with, where nobody says otherwise. */
  readonly prompt: string;
  /** What the samples of a training begin with: that prompt, or several of a task. */
  readonly prompts: readonly string[];
  /** Something longer to look at. */
  readonly passage: string;
  /** The task, where it is one: its answers are right or wrong. */
  readonly task: tasks.TextTask | undefined;
  /** Always the same for a step. */
  batchAt(step: number): Batch;
  /** What was kept from training, in order; `rows` at most in each. */
  validation(rows: number): Iterable<Batch>;
}

/** The share of a text that trains; the rest, which is its end, validates. */
const TRAINING_SHARE = 0.9;
/** Distinct items by which a task is measured. */
const TEST_ITEMS = 1000;
/** Prompts that are sampled again and again. */
const TASK_PROMPTS = 6;
const PROMPT_LENGTH = 14;
const PASSAGE_LENGTH = 32;

/** How far the tokenizer has come. */
export type LessonsProgress = (done: number, total: number) => void;

/**
 * The lessons of `settings`. `text` is the corpus, where it is one; `known` the tokenizer of a run that goes on.
 * Throws UsageError for a corpus that is empty or shorter than a context, or that `known` cannot read.
 */
export async function makeLessons(
  settings: GptSettings,
  text: string,
  known?: Tokenizer,
  onProgress?: LessonsProgress,
): Promise<Lessons> {
  const { source, vocabulary, context, batchSize, seed } = settings;
  if (source.kind === "task") return taskLessons(tasks[source.task](), settings);
  const border = borderOf(text);
  const tokenizer = known ?? (await tokenizerFor(text, vocabulary, onProgress));
  const { vocabularySize } = tokenizer;
  const training = new TextWindows(tokenizer.encode(text.slice(0, border)), {
    context,
    batchSize,
    seed,
    vocabularySize,
  });
  const kept = tokenizer.encode(text.slice(border));
  const validation = new OrderedWindows(kept, {
    context: Math.max(1, Math.min(context, kept.length - 1)),
    vocabularySize,
  });
  // The first line of what was kept is half a line, as a rule.
  const lines = text
    .slice(border)
    .split("\n")
    .slice(text.indexOf("\n", border) < 0 ? 0 : 1);
  const firstLine = lines.find((line) => line.trim().length > 3) ?? text;
  const longLine = lines.find((line) => line.trim().length >= PASSAGE_LENGTH) ?? firstLine;
  const prompt = firstWords(firstLine, PROMPT_LENGTH);
  return {
    tokenizer,
    context,
    modelContext: context,
    prompt,
    prompts: [prompt],
    passage: firstCharacters(longLine.trim(), PASSAGE_LENGTH),
    task: undefined,
    batchAt: (step) => batchOf(training.batchAt(step)),
    *validation(rows) {
      for (const batch of validation.batches(Math.min(rows, validation.length))) yield batchOf(batch);
    },
  };
}

/** Where validation begins: not within a character that UTF-16 writes as two. */
function borderOf(text: string): number {
  const border = Math.floor(text.length * TRAINING_SHARE);
  return /^[\udc00-\udfff]/.test(text.slice(border, border + 1)) ? border + 1 : border;
}

/** About the first `count` characters, without half a word at the end where there is a whole one before. */
function firstWords(text: string, count: number): string {
  const start = firstCharacters(text.trim() === "" ? text : text.trim(), count + 1);
  const whole = start.slice(0, -1).replace(/\w+$/, "").trimEnd();
  const isCut = /\w\w$/.test(start);
  return isCut && whole.length > count / 3 ? whole : firstCharacters(start, count);
}

function firstCharacters(text: string, count: number): string {
  return Array.from(text.slice(0, 2 * count))
    .slice(0, count)
    .join("");
}

async function tokenizerFor(
  text: string,
  vocabulary: number | undefined,
  onProgress: LessonsProgress | undefined,
): Promise<Tokenizer> {
  if (vocabulary === undefined) return new CharacterTokenizer(text);
  return BytePairTokenizer.train(text, {
    vocabularySize: vocabulary,
    onProgress: ({ tokens, vocabularySize }) => onProgress?.(tokens, vocabularySize),
  });
}

function taskLessons(task: tasks.TextTask, { batchSize, seed }: GptSettings): Lessons {
  const tokenizer = new CharacterTokenizer(task.alphabet);
  const training = new TaskItems(task, { split: "train", seed });
  const test = new TaskItems(task, { split: "test", seed });
  const items = test.distinct(TEST_ITEMS);
  const asBatch = ({ tokens, labels }: ReturnType<TaskItems["batchAt"]>) =>
    batchOf({ tokens, targets: labels });
  return {
    tokenizer,
    context: training.context,
    modelContext: training.context + 1,
    prompt: items[0].prompt,
    prompts: items.slice(0, TASK_PROMPTS).map(({ prompt }) => prompt),
    passage: items[0].prompt,
    task,
    batchAt: (step) => asBatch(training.batchAt(step, { batchSize, tokenizer })),
    *validation(rows) {
      for (let first = 0; first < items.length; first += rows)
        yield asBatch(test.batchOf(items.slice(first, first + rows), tokenizer));
    },
  };
}

type Arrays = Record<"tokens" | "targets", { readonly shape: readonly number[]; readonly data: Int32Array }>;

function batchOf({ tokens, targets }: Arrays): Batch {
  return {
    rows: tokens.shape[0],
    tokens: Int32Array.from(tokens.data),
    targets: Int32Array.from(targets.data),
  };
}
