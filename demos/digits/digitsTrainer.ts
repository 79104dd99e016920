// LeNet-5 on digits, as the shell runs it: a model, its optimizer and its data, and when they are looked at.

import {
  type CompiledFunction,
  DataLoader,
  type Engine,
  Evaluator,
  lenet5,
  manualSeed,
  type nn,
  optim,
  saveState,
  type Tensor,
  tensor,
} from "../../src/index.ts";
import type { Looks, RunContext, Trainer } from "../_shell/trainer.ts";
import { type DigitsState, weightsFile, writeCheckpoint } from "./checkpoint.ts";
import { Observer } from "./observer.ts";
import { CURVES, type DigitsCommand, type DigitsTypes, type Examples } from "./pageTypes.ts";
import type { RunConfig } from "./runConfig.ts";
import { type DigitsDataset, datasetOf, examplesOf, firstPictures, type PicturePair } from "./runData.ts";
import { type DigitBatch, trainingStep } from "./trainingStep.ts";

/** Test pictures that the page shows. */
const EXAMPLE_COUNT = 20;
const TEST_BATCH_SIZE = 100;
const LOOK_EVERY_MS = 100;
const LOOKING_SHARE = 0.3;

export interface DigitsTrainerOptions {
  readonly pictures: PicturePair;
  readonly state?: DigitsState;
  readonly onProgress: (done: number, total: number) => void;
}

/** One training. */
export class DigitsTrainer implements Trainer<DigitsTypes, DigitsState> {
  readonly engine: Engine;
  private settings: RunConfig;
  private readonly examples: Examples;
  private readonly model: nn.Sequential;
  private readonly optimizer: optim.AdamW;
  private readonly compiled: CompiledFunction<[DigitBatch], Tensor>;
  private readonly evaluator: Evaluator<DigitBatch>;
  private readonly observer: Observer;
  private readonly trainSet: DigitsDataset;
  private readonly testSet: DigitsDataset;
  private readonly loader: DataLoader<ReturnType<DigitsDataset["gatherBatch"]>>;
  private epoch: { readonly number: number; readonly batches: readonly Uint32Array[] } | undefined;
  private done = 0;
  private picture: Uint8Array | undefined;

  /** Makes the model anew from the seed, or from a state. Throws UsageError for a state of another model. */
  constructor(engine: Engine, config: RunConfig, { pictures, state, onProgress }: DigitsTrainerOptions) {
    this.engine = engine;
    this.settings = config;
    manualSeed(config.seed, engine);
    this.model = lenet5();
    this.optimizer = new optim.AdamW(this.model.parameters(), { lr: config.learningRate });
    this.compiled = trainingStep(this.model, this.optimizer, onProgress);
    this.evaluator = new Evaluator(({ images }: DigitBatch) => this.model.forward(images));
    this.observer = new Observer(this.model);
    this.trainSet = datasetOf(firstPictures(pictures.train, config.trainCount));
    this.testSet = datasetOf(pictures.test);
    this.examples = examplesOf(pictures.test, EXAMPLE_COUNT);
    const { batchSize, seed } = config;
    this.loader = new DataLoader(this.trainSet, { batchSize, seed, shuffle: true, dropLast: true });
    if (state !== undefined) this.restore(state);
  }

  get config(): RunConfig {
    return this.settings;
  }

  get step(): number {
    return this.done;
  }

  get itemsPerStep(): number {
    return this.settings.batchSize;
  }

  get parameterCount(): number {
    return this.model.parameters().reduce((sum, { size }) => sum + size, 0);
  }

  get dispatchesPerStep(): number {
    return this.compiled.inspect()[0]?.plan.dispatches.length ?? 0;
  }

  get own() {
    return { examples: { images: this.examples.images.slice(), labels: this.examples.labels.slice() } };
  }

  /** Resolves once every pipeline of a step is made. */
  async prepare(): Promise<void> {
    const batch = this.batchAt(this.done);
    await this.compiled.prepare(batch);
    dispose(batch);
  }

  advance(): Tensor {
    const batch = this.batchAt(this.done);
    const loss = this.compiled(batch);
    dispose(batch);
    this.done += 1;
    return loss;
  }

  lossNames(): readonly string[] {
    return [CURVES.trainLoss];
  }

  setLive({ learningRate }: Partial<RunConfig>): void {
    if (learningRate === undefined) return;
    this.settings = { ...this.settings, learningRate };
    this.optimizer.lr = learningRate;
  }

  async save(): Promise<DigitsState> {
    const step = this.done;
    const [model, optimizer] = await Promise.all([saveState(this.model), saveState(this.optimizer)]);
    return { step, model, optimizer };
  }

  restore({ step, model, optimizer }: DigitsState): void {
    this.model.loadStateDict(model);
    this.optimizer.loadStateDict(optimizer);
    this.optimizer.lr = this.settings.learningRate;
    this.done = step;
  }

  isSound({ model }: DigitsState): boolean {
    return firstNotFinite(model) === undefined;
  }

  async findBroken(): Promise<string> {
    return firstNotFinite(await saveState(this.model)) ?? "the loss";
  }

  filesOf(state: DigitsState): ReadonlyMap<string, Uint8Array> {
    return writeCheckpoint(this.settings, state);
  }

  looks(context: RunContext<DigitsTypes>): Looks<DigitsTypes> {
    const everySteps = this.engine.adapter.isSoftware ? 25 : 50;
    return {
      atSteps: [
        {
          isDue: (step) => step % everySteps === 0 && !context.history.hasPointAt(CURVES.testLoss, step),
          look: () => this.evaluate(context),
        },
      ],
      inTime: { everyMs: LOOK_EVERY_MS, share: LOOKING_SHARE, look: () => this.observe(context) },
    };
  }

  async command(command: DigitsCommand, context: RunContext<DigitsTypes>): Promise<void> {
    if (command.kind === "look") {
      this.picture = command.pixels;
      await this.observe(context);
      return;
    }
    const step = this.done;
    const bytes = weightsFile({ step, model: await saveState(this.model) });
    context.tell({ kind: "weights", step, bytes }, [bytes.buffer]);
  }

  async end(): Promise<void> {
    for (const part of [this.compiled, this.evaluator, this.observer, this.optimizer, this.model])
      part.dispose();
  }

  private batchAt(step: number): DigitBatch {
    const number = Math.floor(step / this.loader.length);
    if (this.epoch?.number !== number) this.epoch = { number, batches: this.loader.indices(number) };
    const { images, labels } = this.trainSet.gatherBatch(this.epoch.batches[step % this.loader.length]);
    const { engine } = this;
    return {
      images: tensor(images.data, images.shape, { engine }),
      labels: tensor(labels.data, labels.shape, { engine }),
    };
  }

  private async evaluate(context: RunContext<DigitsTypes>): Promise<void> {
    const batchSize = Math.min(TEST_BATCH_SIZE, this.testSet.length);
    const loader = new DataLoader(this.testSet, { batchSize });
    const { loss, accuracy, predicted } = await this.evaluator.run(loader, { signal: context.signal });
    context.addPoint(CURVES.testLoss, loss);
    context.addPoint(CURVES.testAccuracy, 100 * accuracy);
    context.tell({ kind: "predictions", predictions: Uint8Array.from(predicted.subarray(0, EXAMPLE_COUNT)) });
  }

  private async observe(context: RunContext<DigitsTypes>): Promise<void> {
    const { picture } = this;
    if (picture === undefined) return;
    const seen = await this.observer.observe(picture);
    // Another picture may have come meanwhile, and be looked at next.
    if (this.picture === picture) context.tell({ kind: "activations", ...seen });
  }
}

function firstNotFinite(state: DigitsState["model"]): string | undefined {
  return [...state].find(([, { data }]) => !Array.from(data).every(Number.isFinite))?.[0];
}

function dispose({ images, labels }: DigitBatch): void {
  images.dispose();
  labels.dispose();
}
