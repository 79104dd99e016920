// The command line of training a GPT.

import {
  DEFAULT_SETTINGS,
  type GptSettings,
  TASK_BATCH_SIZE,
  TASK_NAMES,
  type TaskName,
} from "../../demos/gpt/settings.ts";
import { between, flagValues, positive, whole } from "./commandLine.ts";

/** What the user asked for. */
export interface GptOptions {
  /** A text file; undefined for the repository's own text, or a task. */
  readonly text: string | undefined;
  /** A folder with a checkpoint to go on from. */
  readonly resume: string | undefined;
  readonly settings: GptSettings;
  /** Those of `settings` that were given, for a run that goes on with the others of its checkpoint. */
  readonly given: Partial<GptSettings>;
  /** Characters of the sample at the end. */
  readonly sampleLength: number;
  readonly out: string;
  readonly json: string | undefined;
}

export const gptUsage = `Usage: npm run train -- gpt [options]

Trains a GPT with WebGPU in a headless browser, on a text or a task, and lets it write.

  --text FILE     text to learn (UTF-8); without it, this repository's own prose and sources
  --task NAME     ${TASK_NAMES.join(", ")}: generated items whose answers are right or wrong
  --vocabulary N  tokens of a byte-pair vocabulary that is learned first (default: characters)
  --layers N      blocks (default 2)
  --heads N       heads of attention (default 4)
  --width N       width of the residual stream, a multiple of heads (default 64)
  --context N     tokens that the model sees (default 64)
  --dropout X     (default 0)
  --batch N       rows in a batch (default 16, of a task ${TASK_BATCH_SIZE})
  --accumulate N  batches in a step (default 1)
  --checkpoint    keeps less of each block for its gradient and computes it again: less memory, more time
  --steps N       steps (default 1000)
  --lr X          highest learning rate of AdamW (default 0.003); it ends at a tenth
  --warmup N      steps to get there (default 30)
  --decay X       weight decay of matrices (default 0.1)
  --clip X        largest norm of the gradient (default 1)
  --precision P   f32 (default) or f16, in which blocks store what they compute, with a scaled loss; needs shader-f16
  --sample N      characters to write at the end (default 400)
  --seed N        (default 1)
  --out DIR       receives model.safetensors, training.safetensors, config.json, tokenizer.json (default runs/gpt)
  --resume        goes on from the checkpoint in --out; settings that are not given are the checkpoint's
  --json FILE     receives losses, speed, validation and plan as JSON
  --help          this text

TILEGRAD_ADAPTER=hardware|software chooses the adapter, PUPPETEER_EXECUTABLE_PATH the browser.`;

const flags = [
  "text",
  "task",
  "vocabulary",
  "layers",
  "heads",
  "width",
  "context",
  "dropout",
  "batch",
  "accumulate",
  "steps",
  "lr",
  "warmup",
  "decay",
  "clip",
  "precision",
  "sample",
  "seed",
  "out",
  "json",
];

/** What is given without a value. */
const switches = ["--resume", "--checkpoint"];

/** What may be another when a run goes on; sizes and source may not. */
const keyOfFlag: Readonly<Record<string, keyof GptSettings>> = {
  dropout: "dropout",
  batch: "batchSize",
  accumulate: "accumulate",
  steps: "steps",
  lr: "learningRate",
  warmup: "warmupSteps",
  decay: "weightDecay",
  clip: "maxGradNorm",
  precision: "precision",
};

/** Reads the arguments behind the task. Throws an error of one line for what cannot be meant. */
export function parseGptOptions(args: readonly string[]): GptOptions {
  const [isResumed, isCheckpointed] = switches.map((name) => args.includes(name));
  const values = flagValues(
    args.filter((argument) => !switches.includes(argument)),
    flags,
  );
  if (values.has("text") && values.has("task"))
    throw new Error("--text is given with --task; a run learns one of them.");
  const precision = values.get("precision") ?? "f32";
  if (precision !== "f32" && precision !== "f16") {
    throw new Error(`--precision is "${precision}"; it must be f32 or f16.`);
  }
  const { source: defaultSource, ...defaults } = DEFAULT_SETTINGS;
  const source = sourceOf(values) ?? defaultSource;
  const batchSize = source.kind === "task" ? TASK_BATCH_SIZE : defaults.batchSize;
  const learningRate = positive(values, "lr", defaults.learningRate);
  const steps = whole(values, "steps", defaults.steps, 1);
  const settings: GptSettings = {
    source,
    vocabulary: values.has("vocabulary") ? whole(values, "vocabulary", 256, 256) : undefined,
    layers: whole(values, "layers", defaults.layers, 1),
    heads: whole(values, "heads", defaults.heads, 1),
    width: whole(values, "width", defaults.width, 1),
    context: whole(values, "context", defaults.context, 1),
    dropout: between(values, "dropout", defaults.dropout, 0, 0.99),
    batchSize: whole(values, "batch", batchSize, 1),
    accumulate: whole(values, "accumulate", defaults.accumulate, 1),
    checkpoint: isCheckpointed,
    precision,
    steps,
    learningRate,
    finalLearningRate: learningRate / 10,
    warmupSteps: Math.min(steps - 1, whole(values, "warmup", defaults.warmupSteps, 0)),
    weightDecay: between(values, "decay", defaults.weightDecay, 0, 1),
    maxGradNorm: positive(values, "clip", defaults.maxGradNorm),
    seed: whole(values, "seed", defaults.seed, 0, 2 ** 32 - 1),
  };
  const keys = Object.entries(keyOfFlag).filter(([flag]) => values.has(flag));
  const given = Object.fromEntries(keys.map(([, key]) => [key, settings[key]])) as Partial<GptSettings>;
  const rates = values.has("lr") ? { finalLearningRate: settings.finalLearningRate } : {};
  const parts = isCheckpointed ? { checkpoint: true } : {};
  const out = values.get("out") ?? "runs/gpt";
  return {
    text: values.get("text"),
    resume: isResumed ? out : undefined,
    settings,
    given: { ...given, ...rates, ...parts },
    sampleLength: whole(values, "sample", 400, 0),
    out,
    json: values.get("json"),
  };
}

function sourceOf(values: ReadonlyMap<string, string>): GptSettings["source"] | undefined {
  const text = values.get("text");
  if (text !== undefined) return { kind: "text", name: text };
  const task = values.get("task");
  if (task === undefined) return undefined;
  const isTask = (name: string): name is TaskName => TASK_NAMES.some((known) => known === name);
  // "sort" for "sorting", as one would say it.
  const full = TASK_NAMES.find((known) => known === task || known.startsWith(task.slice(0, 4))) ?? task;
  if (!isTask(full)) throw new Error(`--task is "${task}"; it must be one of ${TASK_NAMES.join(", ")}.`);
  return { kind: "task", task: full };
}
