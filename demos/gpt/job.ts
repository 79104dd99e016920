// The page of `npm run train -- gpt`: trains on what the script serves, and tells how it goes.

import type { Engine, Tensor } from "../../src/index.ts";
import { base64, defineJob, fetchJobBytes } from "../_shell/job.ts";
import { TrainingClock } from "../_shell/trainingClock.ts";
import { readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { CHECKPOINT_FILES } from "./checkpointConfig.ts";
import { GptTraining } from "./gptTraining.ts";
import type { GptSettings } from "./settings.ts";

export interface GptJobSettings {
  readonly settings: GptSettings;
  /** Whether the files of a checkpoint are served. */
  readonly isResumed: boolean;
  /** Characters of the sample at the end. */
  readonly sampleLength: number;
}

/** What the page tells while it works. */
export type GptJobEvent =
  | {
      readonly kind: "preparing";
      readonly stage: "tokenizer" | "pipelines";
      readonly done: number;
      readonly total: number;
    }
  | {
      readonly kind: "steps";
      readonly step: number;
      readonly steps: number;
      /** Mean over the last steps. */
      readonly loss: number;
      readonly tokensPerSecond: number;
      readonly remainingMs: number;
    }
  | {
      readonly kind: "validated";
      readonly step: number;
      readonly loss: number;
      readonly exactAccuracy: number | undefined;
      /** The checkpoint, in base64 by name. */
      readonly files: Readonly<Record<string, string>>;
    };

export interface GptJobResult {
  readonly parameters: number;
  readonly vocabularySize: number;
  readonly steps: number;
  readonly stepsPerSecond: number;
  readonly tokensPerSecond: number;
  /** Of every step of this run. */
  readonly losses: readonly number[];
  readonly validationLoss: number;
  readonly exactAccuracy: number | undefined;
  readonly prompt: string;
  readonly sample: string;
  readonly plan: {
    readonly dispatches: number;
    readonly submits: number;
    readonly pipelines: number;
    readonly peakBytes: number;
    readonly liveBytes: number;
  };
}

const EVENT_INTERVAL_MS = 100;
/** How much of the running mean each step keeps. */
const SMOOTHING = 0.95;
/** Losses that are on their way before the oldest is waited for. */
const RUN_AHEAD = 8;
/** Looks at the validation set on the way. */
const LOOKS = 4;
/** Batches of these looks; the last one takes all. */
const LOOK_BATCHES = 10;

type Tell = (event: GptJobEvent) => void;

defineJob(async (engine: Engine, job: GptJobSettings, tell: Tell): Promise<GptJobResult> => {
  const training = await open(engine, job, tell);
  const { steps } = training.settings;
  await training.prepare();
  const losses: number[] = [];
  const clock = new TrainingClock();
  const lookEvery = Math.max(50, Math.ceil(steps / LOOKS));
  let validation = { loss: Number.NaN, exactAccuracy: undefined as number | undefined };
  while (training.step < steps) {
    const until = Math.min(steps, training.step + lookEvery - (training.step % lookEvery));
    await trainUntil(training, until, losses, clock, tell);
    validation = await clock.pausedFor(() => training.validate(until === steps ? undefined : LOOK_BATCHES));
    const files = await clock.pausedFor(() => checkpointFiles(training));
    tell({ kind: "validated", step: until, ...validation, files });
  }
  if (losses.length === 0) validation = await training.validate();
  const { prompt } = training.lessons;
  const perSecond = losses.length === 0 ? 0 : (1000 * losses.length) / clock.timeMs;
  const { plan } = training;
  const { peakBytes, liveBytes } = engine.memory();
  return {
    parameters: training.parameterCount,
    vocabularySize: training.lessons.tokenizer.vocabularySize,
    steps: training.step,
    stepsPerSecond: perSecond,
    tokensPerSecond: perSecond * training.tokensPerStep,
    losses,
    validationLoss: validation.loss,
    exactAccuracy: validation.exactAccuracy,
    prompt,
    sample: await sampleOf(training, prompt, job.sampleLength),
    plan: {
      dispatches: plan?.dispatches.length ?? 0,
      submits: plan?.submits.length ?? 0,
      pipelines: plan?.shaders.length ?? 0,
      peakBytes,
      liveBytes,
    },
  };
});

async function open(
  engine: Engine,
  { settings, isResumed }: GptJobSettings,
  tell: Tell,
): Promise<GptTraining> {
  const text =
    settings.source.kind === "text" ? new TextDecoder().decode(await fetchJobBytes("text")) : undefined;
  const onProgress = (stage: "tokenizer" | "pipelines", done: number, total: number) =>
    tell({ kind: "preparing", stage, done, total });
  if (!isResumed) return GptTraining.create(engine, settings, { text, onProgress });
  const files = CHECKPOINT_FILES.map(async (name) => [name, await fetchJobBytes(name)] as const);
  const { tokenizer, state } = await readCheckpoint(new Map(await Promise.all(files)));
  return GptTraining.create(engine, settings, { text, tokenizer, state, onProgress });
}

/** Trains to step `until`; a few steps run while the losses before them are on their way. */
async function trainUntil(
  training: GptTraining,
  until: number,
  losses: number[],
  clock: TrainingClock,
  tell: Tell,
): Promise<void> {
  const pending: Promise<number>[] = [];
  const { steps } = training.settings;
  let toldMs = Number.NEGATIVE_INFINITY;
  let mean = losses.length === 0 ? undefined : losses[losses.length - 1];
  const collect = async () => {
    const loss = await pending.shift();
    if (loss === undefined) return;
    losses.push(loss);
    mean = mean === undefined ? loss : SMOOTHING * mean + (1 - SMOOTHING) * loss;
    if (performance.now() - toldMs < EVENT_INTERVAL_MS) return;
    toldMs = performance.now();
    const stepMs = clock.nowMs / losses.length;
    const step = training.step - pending.length;
    const tokensPerSecond = (1000 * training.tokensPerStep) / stepMs;
    tell({ kind: "steps", step, steps, loss: mean, tokensPerSecond, remainingMs: stepMs * (steps - step) });
  };
  while (training.step < until) {
    pending.push(numberOf(training.advance()));
    if (pending.length > RUN_AHEAD) await collect();
  }
  while (pending.length > 0) await collect();
}

function numberOf(loss: Tensor): Promise<number> {
  const value = loss.item();
  value.catch(() => undefined); // told where it is awaited
  loss.dispose();
  return value;
}

async function checkpointFiles(training: GptTraining): Promise<Record<string, string>> {
  const files = await writeCheckpoint(training);
  return Object.fromEntries([...files].map(([name, bytes]) => [name, base64(bytes)]));
}

async function sampleOf(training: GptTraining, prompt: string, length: number): Promise<string> {
  let text = "";
  if (length === 0) return text;
  const temperature = training.lessons.task === undefined ? 0.8 : 0;
  for await (const piece of training.sample(prompt, { maxTokens: length, temperature })) {
    text += piece;
    if (text.length >= length) break;
  }
  return text.slice(0, length);
}
