// The page of `npm run train -- gan --kind gan2d`: trains, and tells how it goes.

import { type Engine, UsageError } from "../../src/index.ts";
import { base64, defineJob, fetchJobBytes } from "../_shell/job.ts";
import { numbersOf } from "../_shell/numbersOf.ts";
import { readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { CHECKPOINT_FILES } from "./checkpointConfig.ts";
import { Gan2dTraining, type Measures } from "./gan2dTraining.ts";
import type { GanSettings } from "./ganSettings.ts";

export interface GanJobSettings {
  readonly settings: GanSettings;
  readonly steps: number;
  /** Whether the files of a checkpoint are served. */
  readonly isResumed: boolean;
  /** Looks on the way, each of which measures and saves. */
  readonly looks: number;
}

/** What the page tells while it works. */
export type GanJobEvent =
  | { readonly kind: "pipelines"; readonly done: number; readonly total: number }
  | {
      readonly kind: "steps";
      readonly step: number;
      readonly steps: number;
      readonly discriminatorLoss: number;
      readonly generatorLoss: number;
      readonly stepsPerSecond: number;
      readonly remainingMs: number;
    }
  | {
      readonly kind: "measured";
      readonly step: number;
      readonly measures: Measures;
      /** Real and generated points, x and y one behind the other. */
      readonly real: readonly number[];
      readonly fake: readonly number[];
      /** The checkpoint, in base64 by name. */
      readonly files: Readonly<Record<string, string>>;
    };

export interface GanJobResult {
  readonly steps: number;
  readonly stepsPerSecond: number;
  /** Of every step of this run: what the discriminator's loss was, and the generator's. */
  readonly losses: { readonly discriminator: readonly number[]; readonly generator: readonly number[] };
  readonly parameters: { readonly generator: number; readonly discriminator: number };
  readonly measures: Measures;
  readonly plan: {
    readonly dispatches: number;
    readonly submits: number;
    readonly pipelines: number;
    readonly peakBytes: number;
    readonly liveBytes: number;
  };
}

const EVENT_INTERVAL_MS = 100;
/** How much of the running means each step keeps. */
const SMOOTHING = 0.95;
/** Losses that are on their way before the oldest is waited for. */
const RUN_AHEAD = 8;
/** Real points that are told. */
const SHOWN_POINTS = 1000;

type Tell = (event: GanJobEvent) => void;

defineJob(async (engine: Engine, job: GanJobSettings, tell: Tell): Promise<GanJobResult> => {
  const training = await open(engine, job, tell);
  const { steps } = job;
  await training.prepare();
  const losses = { discriminator: [] as number[], generator: [] as number[] };
  const lookEvery = Math.max(1, Math.ceil(steps / job.looks));
  let trainedMs = 0;
  let { measures } = await training.measure();
  while (training.step < steps) {
    const until = Math.min(steps, training.step + lookEvery - (training.step % lookEvery));
    const startMs = performance.now();
    await trainUntil(training, until, { job, losses, earlierMs: trainedMs, tell });
    trainedMs += performance.now() - startMs;
    measures = await lookAt(training, tell);
  }
  const { plan } = training;
  const { peakBytes, liveBytes } = engine.memory();
  return {
    steps: training.step,
    stepsPerSecond: losses.generator.length === 0 ? 0 : (1000 * losses.generator.length) / trainedMs,
    losses,
    parameters: training.parameterCounts,
    measures,
    plan: {
      dispatches: plan?.dispatches.length ?? 0,
      submits: plan?.submits.length ?? 0,
      pipelines: plan?.shaders.length ?? 0,
      peakBytes,
      liveBytes,
    },
  };
});

async function open(engine: Engine, job: GanJobSettings, tell: Tell): Promise<Gan2dTraining> {
  const look = { field: 8, points: 64, grid: 4 };
  const onProgress = (done: number, total: number) => tell({ kind: "pipelines", done, total });
  if (!job.isResumed) return new Gan2dTraining(engine, job.settings, { look, onProgress });
  const files = CHECKPOINT_FILES.map(async (name) => [name, await fetchJobBytes(name)] as const);
  const { state } = await readCheckpoint(new Map(await Promise.all(files)));
  return new Gan2dTraining(engine, job.settings, { look, state, onProgress });
}

interface Progress {
  readonly job: GanJobSettings;
  readonly losses: { readonly discriminator: number[]; readonly generator: number[] };
  /** Time that was spent on the losses before. */
  readonly earlierMs: number;
  readonly tell: Tell;
}

/** Trains to step `until`; a few steps run while the losses before them are on their way. */
async function trainUntil(
  training: Gan2dTraining,
  until: number,
  { job: { steps }, losses, earlierMs, tell }: Progress,
): Promise<void> {
  const pending: Promise<ArrayLike<number>>[] = [];
  const startMs = performance.now();
  const means = { discriminator: Number.NaN, generator: Number.NaN };
  let toldMs = Number.NEGATIVE_INFINITY;
  const collect = async () => {
    const [discriminator, generator] = Array.from((await pending.shift()) ?? []);
    if (!Number.isFinite(discriminator + generator)) throw await brokenBy(training, losses.generator.length);
    losses.discriminator.push(discriminator);
    losses.generator.push(generator);
    means.discriminator = meanWith(means.discriminator, discriminator);
    means.generator = meanWith(means.generator, generator);
    const nowMs = performance.now();
    if (nowMs - toldMs < EVENT_INTERVAL_MS) return;
    toldMs = nowMs;
    const stepMs = (earlierMs + nowMs - startMs) / losses.generator.length;
    const step = training.step - pending.length;
    tell({
      kind: "steps",
      step,
      steps,
      discriminatorLoss: means.discriminator,
      generatorLoss: means.generator,
      stepsPerSecond: 1000 / stepMs,
      remainingMs: stepMs * (steps - step),
    });
  };
  while (training.step < until) {
    pending.push(numbersOf(training.advance()));
    if (pending.length > RUN_AHEAD) await collect();
  }
  while (pending.length > 0) await collect();
}

async function lookAt(training: Gan2dTraining, tell: Tell): Promise<Measures> {
  const { measures, points } = await training.measure();
  const files = await writeCheckpoint(training);
  tell({
    kind: "measured",
    step: training.step,
    measures,
    real: [...training.distribution.points.subarray(0, 2 * SHOWN_POINTS)],
    fake: [...points.subarray(0, 2 * SHOWN_POINTS)],
    files: Object.fromEntries([...files].map(([name, bytes]) => [name, base64(bytes)])),
  });
  return measures;
}

async function brokenBy(training: Gan2dTraining, done: number): Promise<UsageError> {
  const broken = (await training.firstBroken()) ?? "a loss";
  return new UsageError(
    `gan2d: ${broken} is no finite number any more after step ${done}; take smaller rates, or a penalty.`,
  );
}

function meanWith(mean: number, value: number): number {
  return Number.isNaN(mean) ? value : SMOOTHING * mean + (1 - SMOOTHING) * value;
}
