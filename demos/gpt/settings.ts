// What a run of the GPT is made of, and what each setting may be. Plain data: scripts read it without a browser.

export const TASK_NAMES = ["addition", "sorting", "reversing", "counting"] as const;
export type TaskName = (typeof TASK_NAMES)[number];

/** What is learned: a text, under a name to show, or a generated task. */
export type LessonSource =
  | { readonly kind: "text"; readonly name: string }
  | { readonly kind: "task"; readonly task: TaskName };

export interface GptSettings {
  readonly source: LessonSource;
  /** Tokens that byte pairs are merged into; undefined for characters. */
  readonly vocabulary: number | undefined;
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
  /** Tokens that the model sees. A task has a context of its own. */
  readonly context: number;
  readonly dropout: number;
  readonly batchSize: number;
  /** Batches whose gradients are averaged for one step. */
  readonly accumulate: number;
  /** Whether blocks are computed again for their gradients rather than kept. Checkpoints without it mean false. */
  readonly checkpoint: boolean;
  /** How blocks store what they compute in training. Checkpoints without it mean "f32". */
  readonly precision: "f32" | "f16";
  readonly steps: number;
  readonly learningRate: number;
  /** The rate at the last step. */
  readonly finalLearningRate: number;
  readonly warmupSteps: number;
  /** Of matrices alone. */
  readonly weightDecay: number;
  readonly maxGradNorm: number;
  readonly seed: number;
}

/** Items of a task are short: so many of them are as much work as a few rows of text. */
export const TASK_BATCH_SIZE = 64;

/** Small enough to learn in a minute or two without a GPU. */
export const DEFAULT_SETTINGS: GptSettings = {
  source: { kind: "text", name: "this repository" },
  vocabulary: undefined,
  layers: 2,
  heads: 4,
  width: 64,
  context: 64,
  dropout: 0,
  batchSize: 16,
  accumulate: 1,
  checkpoint: false,
  precision: "f32",
  steps: 1000,
  learningRate: 3e-3,
  finalLearningRate: 3e-4,
  warmupSteps: 30,
  weightDecay: 0.1,
  maxGradNorm: 1,
  seed: 1,
};

/**
 * The learning rate at step `step` (from 0): up in a line over the warm-up, then down in half a cosine.
 * Source: Loshchilov and Hutter, "SGDR" (2017).
 */
export function learningRateAt(step: number, settings: GptSettings): number {
  const { learningRate, finalLearningRate, warmupSteps, steps } = settings;
  if (step < warmupSteps) return (learningRate * (step + 1)) / warmupSteps;
  const share = Math.min(1, (step - warmupSteps) / Math.max(1, steps - 1 - warmupSteps));
  return finalLearningRate + (learningRate - finalLearningRate) * 0.5 * (1 + Math.cos(Math.PI * share));
}

/** What is wrong with a setting, and what is allowed; undefined where nothing is. The model checks its own sizes. */
export function settingsFault(settings: GptSettings): string | undefined {
  const whole = { batchSize: 1, accumulate: 1, steps: 1, warmupSteps: 0, seed: 0 } as const;
  for (const [name, least] of Object.entries(whole) as [keyof typeof whole, number][]) {
    if (Number.isSafeInteger(settings[name]) && settings[name] >= least) continue;
    return `settings: ${name} is ${settings[name]}; it must be a whole number from ${least}.`;
  }
  for (const name of ["learningRate", "maxGradNorm"] as const) {
    if (settings[name] > 0 && Number.isFinite(settings[name])) continue;
    return `settings: ${name} is ${settings[name]}; it must be a number above 0.`;
  }
  const { vocabulary } = settings;
  if (vocabulary === undefined || (Number.isInteger(vocabulary) && vocabulary >= 256)) return undefined;
  return `settings: vocabulary is ${vocabulary}; it must be a whole number from 256.`;
}
