// One run: a model, its optimizer and its data, trained step by step for as long as someone wants steps.
//
// Decides: when the test set is looked at, and what is reported how often. Leaves to others: the GPU, which outlives
// the run, and where reports go.

import {
  DataLoader,
  type Engine,
  Evaluator,
  lenet5,
  manualSeed,
  type nn,
  optim,
  type StepEvent,
  fit as trainingEvents,
  writeSafetensors,
  zeros,
} from "../../src/index.ts";
import { adapterNameOf } from "../shared/adapter.ts";
import type { CurvePoint } from "../shared/curve.ts";
import { Observer } from "./observer.ts";
import type { ReadyReport, RunConfig, RunReport } from "./protocol.ts";
import { type DigitsDataset, datasetOf, examplesOf, firstPictures, type PicturePair } from "./runData.ts";
import { type DigitBatch, trainingStep } from "./trainingStep.ts";

/** Test pictures that the page shows. */
const EXAMPLE_COUNT = 20;
const REPORT_EVERY_MS = 100;
const LOOK_EVERY_MS = 100;
/** Training goes on until someone ends it. */
const ENDLESS_EPOCHS = 2 ** 31;

/** A run that has not begun or is under way. */
export class TrainingRun {
  private readonly engine: Engine;
  private readonly config: RunConfig;
  private readonly pictures: PicturePair;
  private readonly tell: (report: RunReport) => void;
  private readonly model: nn.Sequential;
  private readonly optimizer: optim.AdamW;
  private readonly step: ReturnType<typeof trainingStep>;
  private readonly evaluator: Evaluator<DigitBatch>;
  private readonly observer: Observer;
  private readonly testSet: DigitsDataset;
  private readonly stepsPerEvaluation: number;
  private readonly events: AsyncGenerator<StepEvent, void, undefined>;
  private losses: CurvePoint[] = [];
  private lastStep: StepEvent | undefined;
  private stepMs = 0;
  private lastReportMs = 0;
  private lastLookMs = 0;
  private looking: Promise<void> | undefined;
  private picture: Uint8Array | undefined;
  private isPictureNew = false;
  private readonly ending = new AbortController();

  /** Makes the model anew from the seed. */
  constructor(engine: Engine, config: RunConfig, pictures: PicturePair, tell: (report: RunReport) => void) {
    this.engine = engine;
    this.config = config;
    this.pictures = { ...pictures, train: firstPictures(pictures.train, config.trainCount) };
    this.tell = tell;
    manualSeed(config.seed);
    this.model = lenet5();
    this.optimizer = new optim.AdamW(this.model.parameters(), { lr: config.learningRate });
    this.step = trainingStep(this.model, this.optimizer, (done, total) =>
      tell({ kind: "loading", stage: "pipelines", done, total }),
    );
    this.evaluator = new Evaluator(({ images }: DigitBatch) => this.model.forward(images));
    this.observer = new Observer(this.model);
    this.testSet = datasetOf(this.pictures.test);
    this.stepsPerEvaluation = engine.adapter.isSoftware ? 25 : 50;
    this.events = this.steps();
  }

  /** Resolves once every pipeline is there, with what the page wants to know about the run. */
  async prepare(): Promise<ReadyReport> {
    const { batchSize, trainCount } = this.config;
    const images = zeros([Math.min(batchSize, trainCount), 1, 28, 28]);
    const labels = zeros([images.shape[0]], { dtype: "i32" });
    await this.step.prepare({ images, labels });
    images.dispose();
    labels.dispose();
    const { adapter } = this.engine;
    return {
      adapterName: adapterNameOf(adapter),
      isSoftware: adapter.isSoftware,
      config: this.config,
      testCount: this.testSet.length,
      parameterCount: this.model.parameters().reduce((sum, { size }) => sum + size, 0),
      dispatchesPerStep: this.step.inspect()[0].plan.dispatches.length,
      examples: examplesOf(this.pictures.test, EXAMPLE_COUNT),
    };
  }

  /** Takes effect at the next step. */
  setLearningRate(value: number): void {
    this.optimizer.lr = value;
  }

  /** Trains one step, and evaluates where it is time to. Returns early when the run is ended meanwhile. */
  async advance(): Promise<void> {
    try {
      await this.trainAndEvaluate();
    } catch (error) {
      if (!this.isEnded) throw error;
    }
  }

  /** Tells where training stands, whenever it was told last. */
  report(): void {
    if (this.lastStep === undefined || this.isEnded) return;
    const { step, stepsPerSecond, examplesPerSecond } = this.lastStep;
    const epochs = (step * this.config.batchSize) / this.config.trainCount;
    const { liveBytes, peakBytes } = this.engine.memory();
    const { losses, stepMs } = this;
    this.losses = [];
    this.lastReportMs = performance.now();
    const speeds = { stepsPerSecond, examplesPerSecond, stepMs };
    this.tell({ kind: "progress", step, epochs, losses, ...speeds, liveBytes, peakBytes });
  }

  /** Chooses the picture that the network looks at from now on. */
  setPicture(pixels: Uint8Array | undefined): Promise<void> {
    this.picture = pixels;
    return this.look();
  }

  /** Looks at the picture now. At most one look is under way; who comes meanwhile gets the next one. */
  look(): Promise<void> {
    this.isPictureNew = true;
    this.lastLookMs = performance.now();
    this.looking ??= this.lookAgain().finally(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  /** The weights as a safetensors file, and after which step they are. */
  async weights(): Promise<{ step: number; bytes: Uint8Array<ArrayBuffer> }> {
    const step = this.lastStep?.step ?? 0;
    const state = [...this.model.stateDict()];
    const arrays = await Promise.all(state.map(([, tensor]) => tensor.data()));
    const tensors = state.map(([name, { shape }], index) => {
      return [name, { dtype: "F32", shape, data: arrays[index] }] as const;
    });
    return {
      step,
      bytes: new Uint8Array(
        writeSafetensors(tensors, [
          ["model", "LeNet-5"],
          ["step", String(step)],
        ]),
      ),
    };
  }

  /** Ends the run and gives its memory back. */
  async end(): Promise<void> {
    this.ending.abort();
    await Promise.allSettled([this.events.return(), this.looking]);
    for (const part of [this.step, this.evaluator, this.observer, this.optimizer, this.model]) part.dispose();
  }

  private get isEnded(): boolean {
    return this.ending.signal.aborted;
  }

  private async trainAndEvaluate(): Promise<void> {
    if (this.lastStep === undefined) {
      this.tell({ kind: "loading", stage: "test", done: 0, total: 1 });
      await this.evaluate(0);
    }
    const startMs = performance.now();
    const { value, done } = await this.events.next();
    if (done === true || this.isEnded) return;
    const tookMs = performance.now() - startMs;
    this.stepMs = this.stepMs === 0 ? tookMs : this.stepMs + 0.1 * (tookMs - this.stepMs);
    this.lastStep = value;
    this.losses.push({ step: value.step, value: value.loss });
    const nowMs = performance.now();
    if (nowMs - this.lastReportMs >= REPORT_EVERY_MS) this.report();
    if (nowMs - this.lastLookMs >= LOOK_EVERY_MS) void this.look();
    if (value.step % this.stepsPerEvaluation === 0) await this.evaluate(value.step);
  }

  private async *steps(): AsyncGenerator<StepEvent, void, undefined> {
    const { batchSize, seed } = this.config;
    const options = {
      batchSize: Math.min(batchSize, this.config.trainCount),
      shuffle: true,
      dropLast: true,
      seed,
    };
    const loader = new DataLoader(datasetOf(this.pictures.train), options);
    // Nothing runs ahead: a paused model is the one whose step is shown.
    const events = trainingEvents({ step: this.step, loader, epochs: ENDLESS_EPOCHS, runAhead: 0 });
    for await (const event of events) if (event.kind === "step") yield event;
  }

  private async evaluate(step: number): Promise<void> {
    const loader = new DataLoader(this.testSet, { batchSize: Math.min(100, this.testSet.length) });
    const { loss, accuracy, predicted } = await this.evaluator.run(loader, { signal: this.ending.signal });
    const predictions = Uint8Array.from(predicted.subarray(0, EXAMPLE_COUNT));
    this.tell({ kind: "evaluated", step, loss, accuracy, predictions });
  }

  private async lookAgain(): Promise<void> {
    while (this.isPictureNew && this.picture !== undefined && !this.isEnded) {
      this.isPictureNew = false;
      const seen = await this.observer.observe(this.picture);
      if (!this.isEnded) this.tell({ kind: "activations", ...seen });
    }
  }
}
