// The page of `npm run train -- gan --kind dcgan`: trains on the digits that the script serves, and tells how it goes.

import { type Engine, UsageError } from "../../src/index.ts";
import { base64, defineJob, fetchJobBytes } from "../_shell/job.ts";
import { numbersOf } from "../_shell/numbersOf.ts";
import { TrainingClock } from "../_shell/trainingClock.ts";
import { readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { CHECKPOINT_FILES } from "./checkpointConfig.ts";
import { type GanState, GanTraining, isSound } from "./ganTraining.ts";
import { DigitJudge, type JudgeQuality, type Scores } from "./judge.ts";
import type { Pictures } from "./pictures.ts";
import type { DcganSettings } from "./settings.ts";

export interface GanJobSettings {
  readonly settings: DcganSettings;
  /** Pixels a side of the pictures that are served. */
  readonly pictureSize: number;
  /** Whether the files of a checkpoint are served. */
  readonly isResumed: boolean;
}

/** What the page tells while it works. */
export type GanJobEvent =
  | {
      readonly kind: "preparing";
      readonly stage: "judge" | "pipelines";
      readonly done: number;
      readonly total: number;
    }
  | { readonly kind: "judged"; readonly quality: JudgeQuality }
  | {
      readonly kind: "steps";
      readonly step: number;
      readonly steps: number;
      /** Means over the last steps. */
      readonly discriminatorLoss: number;
      readonly generatorLoss: number;
      readonly stepsPerSecond: number;
      readonly remainingMs: number;
    }
  | {
      readonly kind: "looked";
      readonly step: number;
      readonly scores: Scores;
      /** Gray samples of the same latents each time, row by row, in base64. */
      readonly sheet: Sheet;
      /** The checkpoint, in base64 by name. */
      readonly files: Readonly<Record<string, string>>;
    };

/** Square gray pictures. */
export interface Sheet {
  readonly size: number;
  readonly columns: number;
  readonly pixels: string;
}

export interface GanJobResult {
  readonly parameters: number;
  readonly steps: number;
  readonly stepsPerSecond: number;
  /** Of every step of this run. */
  readonly losses: { readonly discriminator: readonly number[]; readonly generator: readonly number[] };
  /** Over 2,000 samples. */
  readonly scores: Scores;
  readonly judge: JudgeQuality;
  readonly plan: {
    readonly dispatches: number;
    readonly submits: number;
    readonly pipelines: number;
    /** Buffers made by all steps after the first few. */
    readonly allocations: number;
    readonly peakBytes: number;
    readonly liveBytes: number;
  };
}

const EVENT_INTERVAL_MS = 100;
/** How much of the running mean each step keeps. */
const SMOOTHING = 0.95;
/** Losses that are on their way before the oldest is waited for. */
const RUN_AHEAD = 8;
/** Looks at samples on the way. */
const LOOKS = 6;
/** Samples of a look; the last one is scored by all fixed latents. */
const LOOK_SAMPLES = 500;
const SHEET = { columns: 10, rows: 10 } as const;

type Tell = (event: GanJobEvent) => void;

defineJob(async (engine: Engine, job: GanJobSettings, tell: Tell): Promise<GanJobResult> => {
  const pictures = await fetchPictures(job.pictureSize);
  const { state } = job.isResumed ? await fetchCheckpoint() : { state: undefined };
  const preparing = (stage: "judge" | "pipelines") => (done: number, total: number) =>
    tell({ kind: "preparing", stage, done, total });
  // Faulty settings and pictures are told before minutes go into the judge, whose random numbers come first.
  const onProgress = preparing("pipelines");
  new GanTraining(engine, job.settings, pictures, { state, onProgress }).dispose();
  const judge = await DigitJudge.train(engine, pictures, job.settings.seed, preparing("judge"));
  tell({ kind: "judged", quality: judge.quality });
  const training = new GanTraining(engine, job.settings, pictures, { state, onProgress });
  await training.prepare();
  return new Run(engine, training, judge, tell).finish();
});

/** A run from where it stands to its last step. */
class Run {
  private readonly engine: Engine;
  private readonly training: GanTraining;
  private readonly judge: DigitJudge;
  private readonly tell: Tell;
  private readonly losses = { discriminator: [] as number[], generator: [] as number[] };
  private readonly clock = new TrainingClock();
  private readonly means = { discriminator: Number.NaN, generator: Number.NaN };
  private toldMs = Number.NEGATIVE_INFINITY;
  private readonly allocations: AllocationCount;

  constructor(engine: Engine, training: GanTraining, judge: DigitJudge, tell: Tell) {
    this.engine = engine;
    this.training = training;
    this.judge = judge;
    this.tell = tell;
    this.allocations = new AllocationCount(engine.device);
  }

  async finish(): Promise<GanJobResult> {
    const { training, clock, losses } = this;
    const { steps } = training.settings;
    const lookEvery = Math.max(1, Math.ceil(steps / LOOKS));
    let good = await clock.pausedFor(() => training.save());
    while (training.step < steps) {
      const until = Math.min(steps, training.step + lookEvery - (training.step % lookEvery));
      await this.trainUntil(until, good);
      good = await clock.pausedFor(() => this.look(good));
    }
    const scores = await this.score(Number.POSITIVE_INFINITY);
    const done = losses.generator.length;
    return {
      parameters: training.parameterCount,
      steps: training.step,
      stepsPerSecond: done === 0 ? 0 : (1000 * done) / clock.timeMs,
      losses,
      scores,
      judge: this.judge.quality,
      plan: this.describePlan(),
    };
  }

  /** Trains to step `until`; a few steps run while the losses before them are on their way. */
  private async trainUntil(until: number, good: GanState): Promise<void> {
    const { training, allocations } = this;
    const pending: Promise<ArrayLike<number>>[] = [];
    const collect = async () => {
      const step = training.step - pending.length + 1;
      const [discriminator, generator] = Array.from((await pending.shift()) ?? []);
      if (!Number.isFinite(discriminator + generator)) await this.fail(good, step);
      this.record(discriminator, generator, step);
    };
    while (training.step < until) {
      // The first steps of a stretch fill the pool with results on their way.
      allocations.isCounting = pending.length === RUN_AHEAD;
      pending.push(numbersOf(training.advance()));
      allocations.isCounting = false;
      if (pending.length > RUN_AHEAD) await collect();
    }
    while (pending.length > 0) await collect();
  }

  private record(discriminator: number, generator: number, step: number): void {
    const { losses, means, clock, training, tell } = this;
    losses.discriminator.push(discriminator);
    losses.generator.push(generator);
    means.discriminator = smoothed(means.discriminator, discriminator);
    means.generator = smoothed(means.generator, generator);
    if (performance.now() - this.toldMs < EVENT_INTERVAL_MS) return;
    this.toldMs = performance.now();
    const stepMs = clock.nowMs / losses.generator.length;
    const { steps } = training.settings;
    tell({
      kind: "steps",
      step,
      steps,
      discriminatorLoss: means.discriminator,
      generatorLoss: means.generator,
      stepsPerSecond: 1000 / stepMs,
      remainingMs: stepMs * (steps - step),
    });
  }

  /** Tells how the run stands, and gives the state to go back to should it fail. */
  private async look(good: GanState): Promise<GanState> {
    const { training, tell } = this;
    const state = await training.save();
    if (!isSound(state)) await this.fail(good, state.step);
    const scores = await this.score(LOOK_SAMPLES);
    const { size, latentSize } = training.settings;
    const latents = training.fixedLatents.subarray(0, SHEET.columns * SHEET.rows * latentSize);
    const pixels = base64(await training.sample(latents));
    const files = Object.fromEntries(
      [...writeCheckpoint(training.settings, state)].map(([name, bytes]) => [name, base64(bytes)]),
    );
    tell({
      kind: "looked",
      step: state.step,
      scores,
      sheet: { size, columns: SHEET.columns, pixels },
      files,
    });
    return state;
  }

  private async score(most: number): Promise<Scores> {
    const { training, judge } = this;
    const { latentSize, size } = training.settings;
    const samples = await training.sample(training.fixedLatents.subarray(0, most * latentSize));
    return judge.score(samples, size);
  }

  /** Throws what stopped the run. Nothing is told of it but this: the files of the last look stay as they are. */
  private async fail(good: GanState, seen: number): Promise<never> {
    const { step, where } = await this.training.findNotFinite(good, seen);
    throw new UsageError(
      `gan: in step ${step} numbers were no longer finite, first in ${where}; training stopped, and the checkpoint ` +
        `of step ${good.step} is kept. A lower learning rate may help.`,
    );
  }

  private describePlan(): GanJobResult["plan"] {
    const { plan } = this.training;
    const { peakBytes, liveBytes } = this.engine.memory();
    return {
      dispatches: plan?.dispatches.length ?? 0,
      submits: plan?.submits.length ?? 0,
      pipelines: plan?.shaders.length ?? 0,
      allocations: this.allocations.count,
      peakBytes,
      liveBytes,
    };
  }
}

async function fetchPictures(size: number): Promise<Pictures> {
  const [images, labels] = await Promise.all([fetchJobBytes("images"), fetchJobBytes("labels")]);
  return { images, labels, size };
}

async function fetchCheckpoint() {
  const files = CHECKPOINT_FILES.map(async (name) => [name, await fetchJobBytes(name)] as const);
  return readCheckpoint(new Map(await Promise.all(files)));
}

function smoothed(mean: number, value: number): number {
  return Number.isNaN(mean) ? value : SMOOTHING * mean + (1 - SMOOTHING) * value;
}

/** How many buffers are made while it counts. */
class AllocationCount {
  count = 0;
  isCounting = false;

  constructor(device: GPUDevice) {
    const own = device.createBuffer;
    Object.assign(device, {
      createBuffer: (descriptor: GPUBufferDescriptor) => {
        if (this.isCounting) this.count += 1;
        return Reflect.apply(own, device, [descriptor]);
      },
    });
  }
}
