// The DCGAN as the shell runs it: when samples are taken and judged, and what the page may have drawn.

import { type Tensor, UsageError } from "../../src/index.ts";
import type { Looks, RunContext, Trainer } from "../_shell/trainer.ts";
import { writeCheckpoint } from "./checkpoint.ts";
import { rarestShare } from "./collapse.ts";
import { type GanState, type GanTraining, isSound } from "./ganTraining.ts";
import type { Scores } from "./judge.ts";
import type { JudgeRoom } from "./judgeRoom.ts";
import { packPictures } from "./packedPictures.ts";
import {
  CURVES,
  type DcganCommand,
  type DcganReady,
  type DcganTypes,
  type GanSample,
  type JudgeState,
  SHEET,
} from "./pageTypes.ts";
import type { RunConfig } from "./runConfig.ts";
import { isSampleDue } from "./sampleSteps.ts";

const SHOWN = SHEET.columns * SHEET.rows;
/** Samples that are judged: a share of 2 % should not hang on one or two of them. */
const JUDGED = { hardware: 1000, software: 300 };
const MOST_DRAWN = 100;
/** The page is told so often how far the judge is. */
const JUDGE_TOLD_EVERY = 10;

export interface DcganTrainerOptions {
  readonly training: GanTraining;
  readonly config: RunConfig;
  /** Undefined where pictures have no labels. */
  readonly room: JudgeRoom | undefined;
  readonly about: Pick<DcganReady, "classNames" | "real" | "pictureCount">;
  readonly onEnd: () => void;
}

/** Runs one training. */
export class DcganTrainer implements Trainer<DcganTypes, GanState> {
  private readonly training: GanTraining;
  private readonly room: JudgeRoom | undefined;
  private readonly about: DcganTrainerOptions["about"];
  private readonly onEnd: () => void;
  private chosen: RunConfig;
  private toldJudge: JudgeState | undefined;

  constructor({ training, config, room, about, onEnd }: DcganTrainerOptions) {
    this.training = training;
    this.chosen = config;
    this.room = room;
    this.about = about;
    this.onEnd = onEnd;
  }

  get engine() {
    return this.training.engine;
  }

  get config(): RunConfig {
    return this.chosen;
  }

  get step(): number {
    return this.training.step;
  }

  get itemsPerStep(): number {
    return this.config.batchSize;
  }

  get parameterCount(): number {
    return this.training.parameterCount;
  }

  get dispatchesPerStep(): number {
    return this.training.plan?.dispatches.length ?? 0;
  }

  get own(): DcganReady {
    const { training, about } = this;
    return {
      ...about,
      latents: this.shownLatents().slice(),
      labels: this.labelsOf(SHOWN),
      parameterCounts: training.parameterCounts,
      judge: this.judgeState,
    };
  }

  advance(): Tensor {
    const losses = this.training.advance();
    this.room?.advance();
    return losses;
  }

  lossNames(): readonly string[] {
    return [CURVES.discriminator, CURVES.generator];
  }

  setLive(change: Partial<RunConfig>): void {
    const { learningRate, discriminatorRate } = { ...this.chosen, ...change };
    const rates = { learningRate, finalLearningRate: learningRate, discriminatorRate };
    this.training.setRates(rates);
    this.chosen = { ...this.chosen, ...rates };
  }

  save(): Promise<GanState> {
    return this.training.save();
  }

  restore(state: GanState): void {
    this.training.restore(state);
  }

  isSound(state: GanState): boolean {
    return isSound(state);
  }

  async findBroken(good: GanState, seen: number): Promise<string> {
    return (await this.training.findNotFinite(good, seen)).where;
  }

  filesOf(state: GanState): ReadonlyMap<string, Uint8Array> {
    return writeCheckpoint(this.config, state);
  }

  looks(context: RunContext<DcganTypes>): Looks<DcganTypes> {
    const { history } = context;
    const { room } = this;
    let lookedAt = -1;
    return {
      atSteps: [
        {
          isDue: () => room !== undefined && !room.isReady && (room.isLearned || this.isJudgeToTell),
          look: () => this.tellJudge(context),
        },
        {
          isDue: (step) => this.isSampleDue(step, history.hasSampleAt(step)),
          look: async () => {
            lookedAt = this.step;
            await this.takeSample(context);
          },
        },
      ],
      inTime: {
        // Samples are enough while it trains; when it rests, or makes a single step, what is shown is of now.
        everyMs: Number.POSITIVE_INFINITY,
        share: 1,
        look: async () => {
          if (lookedAt === this.step || this.isSampleDue(this.step, false)) return;
          lookedAt = this.step;
          context.tell({ kind: "looked", sample: await this.sampleNow() });
        },
      },
    };
  }

  async command({ id, latents, labels }: DcganCommand, context: RunContext<DcganTypes>): Promise<void> {
    const count = latents.length / this.config.latentSize;
    if (!Number.isInteger(count) || count < 1 || count > MOST_DRAWN) {
      throw new UsageError(`draw: there are ${count} latents; 1 to ${MOST_DRAWN} are allowed.`);
    }
    const pixels = await this.training.sample(latents, labels);
    context.tell({ kind: "drawn", id, pixels }, [pixels.buffer as ArrayBuffer]);
  }

  async end(): Promise<void> {
    this.training.dispose();
    this.onEnd();
  }

  private get judgeState(): JudgeState {
    return (
      this.room?.state ?? {
        kind: "none",
        reason: "These pictures have no labels, so no judge can learn what they show.",
      }
    );
  }

  private get isJudgeToTell(): boolean {
    const { room, toldJudge } = this;
    if (room?.state.kind !== "learning") return false;
    return toldJudge?.kind !== "learning" || room.state.done - toldJudge.done >= JUDGE_TOLD_EVERY;
  }

  private isSampleDue(step: number, isTaken: boolean): boolean {
    return !isTaken && isSampleDue(step);
  }

  /** Tells how far the judge is; the moment it is ready there is a first judgement. */
  private async tellJudge(context: RunContext<DcganTypes>): Promise<void> {
    const { room } = this;
    if (room === undefined) return;
    const isReadyNow = room.isLearned;
    if (isReadyNow) await room.finish();
    this.toldJudge = room.state;
    context.tell({ kind: "judge", judge: room.state });
    if (!isReadyNow || this.isSampleDue(this.step, false)) return;
    const sample = await this.judged(await this.sampleNow(), context);
    context.tell({ kind: "looked", sample });
  }

  private async takeSample(context: RunContext<DcganTypes>): Promise<void> {
    context.addSample(await this.judged(await this.sampleNow(), context));
  }

  private async sampleNow(): Promise<GanSample> {
    const pixels = await this.training.sample(this.shownLatents(), this.labelsOf(SHOWN));
    return { step: this.step, pixels: packPictures(pixels) };
  }

  /** With scores, where there is a judge. */
  private async judged(sample: GanSample, context: RunContext<DcganTypes>): Promise<GanSample> {
    if (!this.room?.isReady) return sample;
    const scores = await this.score(this.room);
    context.addPoint(CURVES.confidence, 100 * scores.confidence);
    context.addPoint(CURVES.rarest, 100 * rarestShare(scores.classShares, this.classCount));
    return { ...sample, scores };
  }

  private async score(room: JudgeRoom): Promise<Scores> {
    const { training } = this;
    const { latentSize, size } = training.settings;
    const count = this.engine.adapter.isSoftware ? JUDGED.software : JUDGED.hardware;
    const latents = training.fixedLatents.subarray(0, count * latentSize);
    return room.score(await training.sample(latents, this.labelsOf(count)), size);
  }

  private get classCount(): number {
    return this.about.classNames.length;
  }

  /** Classes in turn. */
  private labelsOf(count: number): number[] {
    const classes = Math.max(1, this.classCount);
    return Array.from({ length: count }, (_, index) => index % classes);
  }

  private shownLatents(): Float32Array {
    const { fixedLatents, settings } = this.training;
    return fixedLatents.subarray(0, SHOWN * settings.latentSize);
  }
}
