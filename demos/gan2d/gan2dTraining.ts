// Gan2dTraining: both networks of a 2-D GAN, trained one turn at a time by whoever asks for turns.
//
// Decides: what a turn, a look, a measurement and a saved state are; the page and the command line share them. Leaves to
// them when each is due, and where files go.

import {
  type CompiledFunction,
  compile,
  concat,
  type Engine,
  ganLosses,
  getRngState,
  gradients,
  mul,
  neg,
  type RngState,
  reshape,
  saveState,
  setRngState,
  type Tensor,
  tensor,
  UsageError,
} from "../../src/index.ts";
import { type Distribution, distributionOf, FIELD_REACH } from "./distributions.ts";
import { type GanSettings, settingsFault } from "./ganSettings.ts";
import { fixedLatents, LOOK_SEED, latentGrid, MEASURE_SEED } from "./latents.ts";
import {
  type Coverage,
  coverageOf,
  divergenceOf,
  type Histogram,
  histogramOf,
  jensenShannon,
} from "./measures.ts";
import { buildGan } from "./twentyLines.ts";

/** Real points that batches are picked from. */
const TABLE_POINTS = 8192;
/** Generated points that are measured. */
const MEASURED_POINTS = 2000;

export type Turn = "both" | "discriminator" | "generator";
type SavedState = Awaited<ReturnType<typeof saveState>>;

/** Enough to go on as if training had not stopped. */
export interface GanState {
  readonly step: number;
  readonly generator: SavedState;
  readonly discriminator: SavedState;
  readonly generatorOptimizer: SavedState;
  readonly discriminatorOptimizer: SavedState;
  readonly random: RngState;
}

/** How large what is looked at is. */
export interface LookSizes {
  /** Places of the field along an axis. */
  readonly field: number;
  /** Generated points, and real ones. */
  readonly points: number;
  /** Lines of the latent grid along an axis. */
  readonly grid: number;
}

/** What both networks make of everything, as it stands. */
export interface Look {
  /** The discriminator's score at places of [-1.2, 1.2]^2, row-major, y upwards: [field, field]. */
  readonly field: Float32Array;
  /** Generated points from latents that stay the same: [points, 2]; their scores; where the generator's loss sends them. */
  readonly fakes: Float32Array;
  readonly fakeScores: Float32Array;
  readonly pulls: Float32Array;
  /** Scores of the first real points: [points]. */
  readonly realScores: Float32Array;
  /** The latent grid, taken through the generator: [grid * grid, 2], or [grid * grid, 2] along a line for one latent. */
  readonly grid: Float32Array;
}

/** Distances of generated points from real ones. */
export interface Measures {
  readonly kl: number;
  readonly js: number;
  /** Undefined where the distribution has no modes. */
  readonly coverage: Coverage | undefined;
}

export interface TrainingOptions {
  readonly look: LookSizes;
  readonly state?: GanState;
  readonly onProgress?: (done: number, total: number) => void;
}

/** One run. */
export class Gan2dTraining {
  readonly engine: Engine;
  readonly lookSizes: LookSizes;
  private current: GanSettings;
  private real: Distribution;
  private realHistogram: Histogram;
  private readonly table: Tensor;
  private readonly gan: ReturnType<typeof buildGan>;
  private readonly looking: CompiledFunction<[], Tensor>;
  private readonly measuring: CompiledFunction<[], Tensor>;
  private readonly fixed: readonly Tensor[];
  private done = 0;

  /** Makes both networks, from their seed or from a state. Throws UsageError for settings out of range. */
  constructor(engine: Engine, settings: GanSettings, { look, state, onProgress }: TrainingOptions) {
    const fault = settingsFault(settings);
    if (fault !== undefined) throw new UsageError(fault);
    this.engine = engine;
    this.current = settings;
    this.lookSizes = look;
    this.real = realOf(settings);
    this.realHistogram = histogramOf(this.real.points);
    this.table = tensor(this.real.points, [TABLE_POINTS, 2], { engine, name: "real points" });
    this.gan = buildGan(settings, { engine, table: this.table, onProgress });
    const { latentSize } = settings;
    const upload = (values: Float32Array, columns: number) =>
      tensor(values, [values.length / columns, columns], { engine });
    const places = upload(fieldPlaces(look.field), 2);
    const reals = upload(this.real.points.slice(0, 2 * look.points), 2);
    const latents = upload(fixedLatents(settings, look.points, LOOK_SEED), latentSize);
    const grid = upload(latentGrid(settings, look.grid), latentSize);
    const measured = upload(fixedLatents(settings, MEASURED_POINTS, MEASURE_SEED), latentSize);
    this.fixed = [places, reals, latents, grid, measured];
    this.looking = this.compileLook({ places, reals, latents, grid });
    this.measuring = compile(() => this.gan.generator.forward(measured), { engine });
    if (state !== undefined) this.restore(state);
  }

  get settings(): GanSettings {
    return this.current;
  }

  get distribution(): Distribution {
    return this.real;
  }

  /** Turns done, of whichever kind. */
  get step(): number {
    return this.done;
  }

  get parameterCounts(): { readonly generator: number; readonly discriminator: number } {
    const { generator, discriminator } = this.gan;
    const count = (model: typeof generator) => model.parameters().reduce((sum, { size }) => sum + size, 0);
    return { generator: count(generator), discriminator: count(discriminator) };
  }

  /** The plan of a whole turn, once there was one. */
  get plan() {
    return this.gan.turns.both.inspect()[0]?.plan;
  }

  /** Resolves once every pipeline of a whole turn and of a look is made. */
  async prepare(): Promise<void> {
    await this.gan.turns.both.prepare();
    await Promise.all([this.looking.prepare(), this.measuring.prepare()]);
  }

  /**
   * One turn; `counts` says whether it counts as a step. Gives the losses before their last update: both, or the one
   * that learned. The caller reads and disposes of it.
   */
  advance(turn: Turn = "both", counts = true): Tensor {
    const losses = this.gan.turns[turn]();
    if (counts) this.done += 1;
    return losses;
  }

  /** Takes effect at the next turn. */
  setRates(generatorRate: number, discriminatorRate: number): void {
    this.gan.generatorOptimizer.lr = generatorRate;
    this.gan.discriminatorOptimizer.lr = discriminatorRate;
    this.current = { ...this.current, generatorRate, discriminatorRate };
  }

  /** Other dots to learn, from the next turn on. */
  setDrawing(drawing: string): void {
    this.current = { ...this.current, drawing };
    this.real = realOf(this.current);
    this.realHistogram = histogramOf(this.real.points);
    this.table.write(this.real.points);
    this.fixed[1].write(this.real.points.subarray(0, 2 * this.lookSizes.points));
  }

  /** Looks at everything as it is after all turns asked for so far. */
  async look(): Promise<Look> {
    const result = this.looking();
    const values = await readAndDispose(result);
    const { field, points, grid } = this.lookSizes;
    let at = 0;
    const take = (count: number) => {
      at += count;
      return values.slice(at - count, at);
    };
    return {
      field: take(field * field),
      fakes: take(2 * points),
      fakeScores: take(points),
      pulls: take(2 * points),
      realScores: take(points),
      grid: take(2 * grid * grid),
    };
  }

  /** Measures generated points as they are after all turns asked for so far; gives them as well. */
  async measure(): Promise<{ readonly measures: Measures; readonly points: Float32Array }> {
    const points = await readAndDispose(this.measuring());
    const fake = histogramOf(points);
    const { modes } = this.real;
    const measures = {
      kl: divergenceOf(this.realHistogram, fake),
      js: jensenShannon(this.realHistogram, fake),
      coverage: modes && coverageOf(points, modes),
    };
    return { measures, points };
  }

  /** The name of the first parameter that is no finite number any more, from the input on; undefined where all are. */
  async firstBroken(): Promise<string | undefined> {
    for (const network of ["discriminator", "generator"] as const) {
      for (const [name, { data }] of await saveState(this.gan[network])) {
        if (!Array.from(data).every(Number.isFinite)) return `${network}.${name}`;
      }
    }
    return undefined;
  }

  /** Everything that goes on from here needs, as it is after all turns asked for so far. */
  async save(): Promise<GanState> {
    const step = this.done;
    const { generator, discriminator, generatorOptimizer, discriminatorOptimizer } = this.gan;
    const parts = [generator, discriminator, generatorOptimizer, discriminatorOptimizer].map(saveState);
    const [random, ...states] = await Promise.all([getRngState(this.engine), ...parts]);
    return {
      step,
      generator: states[0],
      discriminator: states[1],
      generatorOptimizer: states[2],
      discriminatorOptimizer: states[3],
      random,
    };
  }

  /** Goes back, or on, to `state`. Throws UsageError where it is of other networks. */
  restore(state: GanState): void {
    const { generator, discriminator, generatorOptimizer, discriminatorOptimizer } = this.gan;
    generator.loadStateDict(state.generator);
    discriminator.loadStateDict(state.discriminator);
    generatorOptimizer.loadStateDict(state.generatorOptimizer);
    discriminatorOptimizer.loadStateDict(state.discriminatorOptimizer);
    setRngState(state.random, this.engine);
    this.done = state.step;
    const { generatorRate, discriminatorRate } = this.current;
    this.setRates(generatorRate, discriminatorRate);
  }

  /** Gives all memory back. */
  dispose(): void {
    const { generator, discriminator, generatorOptimizer, discriminatorOptimizer, turns } = this.gan;
    for (const plan of [...Object.values(turns), this.looking, this.measuring]) plan.dispose();
    for (const part of [generatorOptimizer, discriminatorOptimizer, generator, discriminator]) part.dispose();
    for (const one of [this.table, ...this.fixed]) one.dispose();
  }

  private compileLook(given: { places: Tensor; reals: Tensor; latents: Tensor; grid: Tensor }) {
    const { generator, discriminator } = this.gan;
    const { loss } = this.current;
    return compile(
      (): Tensor => {
        const fakes = generator.forward(given.latents);
        const scores = discriminator.forward(fakes);
        // The loss is a mean: each point's own slope is as many times larger as there are points.
        const [slope] = gradients(ganLosses[loss].generator(scores), [fakes]);
        const pulls = neg(mul(slope, this.lookSizes.points));
        const parts = [discriminator.forward(given.places), fakes, scores, pulls];
        const rest = [discriminator.forward(given.reals), generator.forward(given.grid)];
        return concat([...parts, ...rest].map((part) => reshape(part, [part.size])));
      },
      { engine: this.engine },
    );
  }
}

function realOf({ distribution, drawing, seed }: GanSettings): Distribution {
  return distributionOf(distribution, drawing, seed, TABLE_POINTS);
}

/** The middles of field * field squares: [field * field, 2], the lowest row first. */
function fieldPlaces(field: number): Float32Array {
  const place = (index: number) => FIELD_REACH * ((2 * (index + 0.5)) / field - 1);
  return Float32Array.from({ length: 2 * field * field }, (_, index) => {
    const square = index >> 1;
    return index % 2 === 0 ? place(square % field) : place(Math.floor(square / field));
  });
}

async function readAndDispose(result: Tensor): Promise<Float32Array> {
  const reading = result.data();
  reading.catch(() => undefined); // told where it is awaited
  result.dispose();
  return Float32Array.from(await reading);
}
