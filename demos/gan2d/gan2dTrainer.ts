// The 2-D GAN as the shell runs it: when points are looked at and measured, and what the page is told of them.

import type { Tensor } from "../../src/index.ts";
import type { Looks, RunContext, Trainer } from "../_shell/trainer.ts";
import { checkpointOf } from "./checkpoint.ts";
import type { Gan2dTraining, GanState } from "./gan2dTraining.ts";
import { CURVES, type Gan2dReady, type Gan2dTypes } from "./pageTypes.ts";
import type { RunConfig } from "./runConfig.ts";

const LOOK_EVERY_MS = 33;
const LOOKING_SHARE = 0.25;
const MEASURE_EVERY_STEPS = 25;

const lossNames = {
  both: [CURVES.discriminator, CURVES.generator],
  discriminator: [CURVES.discriminator],
  generator: [CURVES.generator],
};

/** Runs one training. */
export class Gan2dTrainer implements Trainer<Gan2dTypes, GanState> {
  private readonly training: Gan2dTraining;
  private context: RunContext<Gan2dTypes> | undefined;

  constructor(training: Gan2dTraining) {
    this.training = training;
  }

  get engine() {
    return this.training.engine;
  }

  get config(): RunConfig {
    return this.training.settings;
  }

  get step(): number {
    return this.training.step;
  }

  get itemsPerStep(): number {
    return this.config.batchSize;
  }

  get parameterCount(): number {
    const { generator, discriminator } = this.training.parameterCounts;
    return generator + discriminator;
  }

  get dispatchesPerStep(): number {
    return this.training.plan?.dispatches.length ?? 0;
  }

  get own(): Gan2dReady {
    const { parameterCounts, lookSizes, distribution } = this.training;
    return { parameterCounts, lookSizes, real: this.shownReal(), modes: distribution.modes };
  }

  advance({ turn, counts }: Gan2dTypes["Turn"] = { turn: "both", counts: true }): Tensor {
    return this.training.advance(turn, counts);
  }

  lossNames(turn?: Gan2dTypes["Turn"]): readonly string[] {
    return lossNames[turn?.turn ?? "both"];
  }

  setLive(change: Partial<RunConfig>): void {
    const { training } = this;
    const { generatorRate, discriminatorRate, drawing } = { ...training.settings, ...change };
    training.setRates(generatorRate, discriminatorRate);
    if (drawing === training.settings.drawing) return;
    training.setDrawing(drawing);
    this.context?.tell({ kind: "real", points: this.shownReal() });
  }

  save(): Promise<GanState> {
    return this.training.save();
  }

  restore(state: GanState): void {
    this.training.restore(state);
  }

  isSound({ generator, discriminator }: GanState): boolean {
    return [...generator.values(), ...discriminator.values()].every(({ data }) =>
      Array.from(data).every(Number.isFinite),
    );
  }

  async findBroken(): Promise<string> {
    return (await this.training.firstBroken()) ?? "a loss";
  }

  filesOf(state: GanState): ReadonlyMap<string, Uint8Array> {
    return checkpointOf(this.config, state);
  }

  looks(context: RunContext<Gan2dTypes>): Looks<Gan2dTypes> {
    this.context = context;
    const isMeasured = (step: number) => context.history.hasPointAt(CURVES.js, step);
    return {
      atSteps: [
        {
          isDue: (step) => step % MEASURE_EVERY_STEPS === 0 && !isMeasured(step),
          look: () => this.measure(context),
        },
      ],
      inTime: {
        everyMs: LOOK_EVERY_MS,
        share: LOOKING_SHARE,
        look: async (turn) => {
          const look = await this.training.look();
          const transfer = Object.values(look).map(({ buffer }) => buffer as ArrayBuffer);
          context.tell({ kind: "looked", look, turn: turn?.turn }, transfer);
        },
      },
    };
  }

  async end(): Promise<void> {
    this.training.dispose();
  }

  private async measure(context: RunContext<Gan2dTypes>): Promise<void> {
    const { kl, js, coverage } = (await this.training.measure()).measures;
    context.addPoint(CURVES.kl, kl);
    context.addPoint(CURVES.js, js);
    if (coverage === undefined) return;
    context.addPoint(CURVES.covered, coverage.covered);
    context.addPoint(CURVES.within, coverage.within);
  }

  private shownReal(): Float32Array {
    const { distribution, lookSizes } = this.training;
    return distribution.points.slice(0, 2 * lookSizes.points);
  }
}
