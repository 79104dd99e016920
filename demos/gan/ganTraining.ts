// GanTraining: both networks of a DCGAN, their optimizers and real pictures, trained one step at a time by whoever asks
// for steps.
//
// Decides: what a step, a sample, a saved state and a failure are; the page and the command line share them. Leaves to
// them when each is due, and where files go.

import {
  type CompiledFunction,
  compile,
  type Engine,
  getRngState,
  hostNormal,
  manualSeed,
  normal,
  type RngState,
  saveState,
  setRngState,
  type Tensor,
  tensor,
  UsageError,
} from "../../src/index.ts";
import { watchedStep } from "./firstNotFinite.ts";
import type { SomePictures } from "./pictures.ts";
import { type RealBatch, RealPictures } from "./realPictures.ts";
import { CLASSES, type DcganSettings, learningRateAt, settingsFault } from "./settings.ts";
import { buildGan, ganStep } from "./twentyLines.ts";

export type SavedState = Awaited<ReturnType<typeof saveState>>;

/** Enough to go on as if training had not stopped. */
export interface GanState {
  readonly step: number;
  readonly generator: SavedState;
  readonly discriminator: SavedState;
  /** What samples are drawn from, where that is an average. */
  readonly average: SavedState | undefined;
  readonly generatorOptimizer: SavedState;
  readonly discriminatorOptimizer: SavedState;
  readonly random: RngState;
}

/** Losses after one step. */
export interface GanLosses {
  readonly discriminator: number;
  readonly generator: number;
}

export interface GanTrainingOptions {
  readonly state?: GanState;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Latents that stay the same for a seed, however often they are looked at. */
const FIXED_LATENTS = 2000;
/** Pictures that are drawn at once. */
const SAMPLE_ROWS = 100;

/** One run. */
export class GanTraining {
  readonly engine: Engine;
  /** f32 [2000, latentSize], which depend on the seed alone. */
  readonly fixedLatents: Float32Array;
  private readonly real: RealPictures;
  private readonly gan: ReturnType<typeof buildGan>;
  private readonly sampler: CompiledFunction<[latents: Tensor, labels: Tensor | undefined], Tensor>;
  private current: DcganSettings;
  private done = 0;

  /** Throws UsageError for settings out of range, pictures that do not fit, or a state of other networks. */
  constructor(
    engine: Engine,
    settings: DcganSettings,
    pictures: SomePictures,
    { state, onProgress }: GanTrainingOptions = {},
  ) {
    const fault = settingsFault(settings);
    if (fault !== undefined) throw new UsageError(fault);
    this.engine = engine;
    this.current = settings;
    this.real = new RealPictures(pictures, settings);
    manualSeed((settings.seed + 1) % 2 ** 32, engine);
    this.fixedLatents = hostNormal(FIXED_LATENTS * settings.latentSize, 0, 1, { engine });
    this.gan = buildGan(settings, { engine, onProgress });
    const { generator, average } = this.gan;
    const drawing = average?.model ?? generator;
    this.sampler = compile<[latents: Tensor, labels: Tensor | undefined], Tensor>(
      (latents, labels) => drawing.eval().forward(latents, labels),
      {
        engine,
      },
    );
    if (state !== undefined) this.restore(state);
  }

  get settings(): DcganSettings {
    return this.current;
  }

  /** Steps done. */
  get step(): number {
    return this.done;
  }

  get parameterCount(): number {
    const { generator, discriminator } = this.parameterCounts;
    return generator + discriminator;
  }

  get parameterCounts(): { readonly generator: number; readonly discriminator: number } {
    const { generator, discriminator } = this.gan;
    const count = (parameters: readonly Tensor[]) => parameters.reduce((sum, { size }) => sum + size, 0);
    return { generator: count(generator.parameters()), discriminator: count(discriminator.parameters()) };
  }

  /** The plan of a step, once there was one. */
  get plan() {
    return this.gan.step.inspect()[0]?.plan;
  }

  /** Resolves once every pipeline of a step is made. */
  async prepare(): Promise<void> {
    const batch = this.upload(this.real.batchAt(this.done));
    await this.gan.step.prepare(batch.real, batch.labels);
    dispose(batch);
  }

  /** One step; gives both losses, [discriminator's, generator's], which the caller reads and disposes of. */
  advance(): Tensor {
    this.rateOptimizers(this.done);
    const batch = this.upload(this.real.batchAt(this.done));
    const losses = this.gan.step(batch.real, batch.labels);
    dispose(batch);
    this.done += 1;
    return losses;
  }

  /**
   * Gray pictures [count, size, size] of `latents` [count, latentSize], as the generator stands. Digit i of `labels` is
   * what picture i is to show, where the networks are told; by default 0 to 9 in turn.
   */
  async sample(latents: Float32Array, labels?: ArrayLike<number>): Promise<Uint8Array> {
    const { engine, settings } = this;
    const { latentSize, size, conditional } = settings;
    this.gan.average?.refresh();
    const count = latents.length / latentSize;
    const digits = Int32Array.from({ length: count }, (_, index) => labels?.[index] ?? index % CLASSES);
    const images = new Uint8Array(count * size * size);
    for (let start = 0; start < count; start += SAMPLE_ROWS) {
      const rows = Math.min(SAMPLE_ROWS, count - start);
      const part = latents.subarray(start * latentSize, (start + rows) * latentSize);
      const given = tensor(part, [rows, latentSize], { engine });
      const told = conditional ? tensor(digits.slice(start, start + rows), [rows], { engine }) : undefined;
      const pictures = this.sampler(given, told);
      const values = pictures.data();
      for (const used of [given, told, pictures]) used?.dispose();
      (await values).forEach((value, index) => {
        images[start * size * size + index] = Math.round((value + 1) * 127.5);
      });
    }
    return images;
  }

  /** Trains at these rates from the next step on. Throws UsageError for rates out of range. */
  setRates(rates: Pick<DcganSettings, "learningRate" | "finalLearningRate" | "discriminatorRate">): void {
    const changed = { ...this.current, ...rates };
    const fault = settingsFault(changed);
    if (fault !== undefined) throw new UsageError(fault);
    this.current = changed;
  }

  /** Everything that goes on from here needs, as it is after all steps asked for so far. */
  async save(): Promise<GanState> {
    const step = this.done;
    const { generator, discriminator, generatorOptimizer, discriminatorOptimizer } = this.gan;
    const parts = [generator, discriminator, generatorOptimizer, discriminatorOptimizer] as const;
    const { average } = this.gan;
    const [states, averaged, random] = await Promise.all([
      Promise.all(parts.map((part) => saveState(part))),
      average === undefined ? undefined : saveState(average),
      getRngState(this.engine),
    ]);
    return {
      step,
      generator: states[0],
      discriminator: states[1],
      average: averaged,
      generatorOptimizer: states[2],
      discriminatorOptimizer: states[3],
      random,
    };
  }

  /** Goes back to `state`. Throws UsageError or ShapeError for one of other networks. */
  restore(state: GanState): void {
    const { generator, discriminator, generatorOptimizer, discriminatorOptimizer } = this.gan;
    generator.loadStateDict(state.generator);
    discriminator.loadStateDict(state.discriminator);
    generatorOptimizer.loadStateDict(state.generatorOptimizer);
    discriminatorOptimizer.loadStateDict(state.discriminatorOptimizer);
    if (state.average !== undefined) this.gan.average?.loadStateDict(state.average);
    setRngState(state.random, this.engine);
    this.done = state.step;
  }

  /**
   * Trains again from `state`, of a step before `until`, and finds what first was not finite, and in which step; then
   * goes back to `state`. Steps depend on nothing but the state, so it happens again.
   */
  async findNotFinite(state: GanState, until: number): Promise<{ step: number; where: string }> {
    const { engine, settings } = this;
    this.restore(state);
    const watched = watchedStep(engine, this.gan, (gan, real, labels) => {
      const latents = normal([real.shape[0], settings.latentSize], { engine });
      return ganStep(gan, settings, real, latents, labels);
    });
    try {
      // What an update breaks is seen one step later.
      for (let step = state.step; step <= until; step++) {
        this.rateOptimizers(step);
        const batch = this.upload(this.real.batchAt(step));
        const where = await watched.run(batch.real, batch.labels);
        dispose(batch);
        if (where !== undefined) return { step: step + 1, where };
      }
    } finally {
      watched.dispose();
      this.restore(state);
    }
    return { step: until, where: "no layer, when the steps were made again" };
  }

  /** Gives all memory back. */
  dispose(): void {
    const { step, generator, discriminator, generatorOptimizer, discriminatorOptimizer } = this.gan;
    for (const part of [step, this.sampler, generatorOptimizer, discriminatorOptimizer]) part.dispose();
    generator.dispose();
    discriminator.dispose();
    this.gan.average?.dispose();
  }

  private rateOptimizers(step: number): void {
    const { learningRate, discriminatorRate = learningRate } = this.settings;
    const rate = learningRateAt(step, this.settings);
    const { generatorOptimizer, discriminatorOptimizer } = this.gan;
    const share = discriminatorRate / learningRate;
    for (const [optimizer, own] of [
      [generatorOptimizer, rate],
      [discriminatorOptimizer, share === 1 ? rate : share * rate],
    ] as const) {
      if (optimizer.lr !== own) optimizer.lr = own;
    }
  }

  private upload({ images, labels }: RealBatch): Uploaded {
    const { engine } = this;
    return {
      real: tensor(images.data, images.shape, { engine }),
      labels: this.settings.conditional ? tensor(labels.data, labels.shape, { engine }) : undefined,
    };
  }
}

interface Uploaded {
  readonly real: Tensor;
  readonly labels: Tensor | undefined;
}

function dispose({ real, labels }: Uploaded): void {
  real.dispose();
  labels?.dispose();
}

/** Whether every number of a saved state is finite. */
export function isSound({ generator, discriminator }: GanState): boolean {
  return [generator, discriminator].every((state) =>
    [...state.values()].every(({ data }) => data.every(Number.isFinite)),
  );
}
