// A LeNet-5 that says what samples show: how sure it is of them, and how many there are of each digit. A digit that the
// generator has given up stands out by its share.

import {
  type CompiledFunction,
  compile,
  crossEntropy,
  DataLoader,
  digitsDataset,
  type Engine,
  Evaluator,
  lenet5,
  manualSeed,
  type nn,
  optim,
  type Tensor,
  tensor,
} from "../../src/index.ts";
import { type Pictures, reframe } from "./pictures.ts";
import { CLASSES } from "./settings.ts";

/** What the judge makes of samples. */
export interface Scores {
  /** The mean probability that it gives to the digit it sees. */
  readonly confidence: number;
  /** The share of each digit. */
  readonly classShares: readonly number[];
}

/** What the judge makes of real digits that it was not trained on. */
export interface JudgeQuality {
  readonly accuracy: number;
  readonly confidence: number;
}

type DigitPictures = ReturnType<typeof digitsDataset>;
type DigitBatch = { readonly images: Tensor; readonly labels: Tensor };

const SIZE = 28;
const normalize = { mean: 0.1307, std: 0.3081 };
const BATCH_SIZE = 64;
const EVALUATION_BATCH_SIZE = 250;
/** Digits seen in training: four passes over MNIST's 8,000, and at most so many passes where there are fewer. */
const SEEN = 32_000;
const MOST_PASSES = 12;
const LEARNING_RATE = 1e-3;

export interface JudgeOptions {
  readonly seed: number;
  /** Digits that it sees until it has learned, at most. Default: 32,000. */
  readonly seen?: number;
  /** Default: 64. */
  readonly batchSize?: number;
  /** Default: 0.001. */
  readonly learningRate?: number;
}

/** A LeNet-5 that learns, one step at a time, from four fifths of its pictures; it is tested on the rest. */
export class JudgeTraining {
  /** Steps until it has learned. */
  readonly steps: number;
  private readonly engine: Engine;
  private readonly model = lenet5();
  private readonly optimizer: optim.Adam;
  private readonly step: CompiledFunction<[DigitBatch], Tensor>;
  private readonly training: DigitPictures;
  private readonly rest: DigitPictures;
  private readonly loader: DataLoader<ReturnType<DigitPictures["gatherBatch"]>>;
  private epoch: readonly Uint32Array[] = [];
  private stepsDone = 0;

  /** The engine is the one that `init` made, whose random numbers `manualSeed` began anew. */
  constructor(engine: Engine, pictures: Pictures, options: JudgeOptions) {
    const { seed, seen = SEEN, batchSize = BATCH_SIZE, learningRate = LEARNING_RATE } = options;
    this.optimizer = new optim.Adam(this.model.parameters(), { lr: learningRate });
    this.engine = engine;
    const images = reframe(pictures.images, pictures.size, SIZE);
    const all = digitsDataset(images, pictures.labels, { size: SIZE, classes: CLASSES, normalize });
    [this.training, this.rest] = all.split(Math.max(1, Math.floor((all.length * 4) / 5)));
    this.step = compile(
      ({ images, labels }: DigitBatch) => {
        const loss = crossEntropy(this.model.train().forward(images), labels);
        this.optimizer.step(loss);
        return loss;
      },
      { engine },
    );
    const size = Math.min(batchSize, this.training.length);
    this.loader = new DataLoader(this.training, { batchSize: size, shuffle: true, seed, dropLast: true });
    this.steps = Math.min(Math.ceil(seen / size), MOST_PASSES * this.loader.length);
  }

  get done(): number {
    return this.stepsDone;
  }

  /** One step, which nobody waits for. */
  advance(): void {
    const { engine, loader, stepsDone } = this;
    const place = stepsDone % loader.length;
    if (place === 0) this.epoch = loader.indices(stepsDone / loader.length);
    const { images, labels } = this.training.gatherBatch(this.epoch[place]);
    const batch = {
      images: tensor(images.data, images.shape, { engine }),
      labels: tensor(labels.data, labels.shape, { engine }),
    };
    this.step(batch).dispose();
    for (const used of Object.values(batch)) used.dispose();
    this.stepsDone += 1;
  }

  /** The judge, as well as it has learned. Nothing of the training is left. */
  async finish(): Promise<DigitJudge> {
    const { engine, model, rest } = this;
    this.step.dispose();
    this.optimizer.dispose();
    const evaluator = new Evaluator(({ images }: DigitBatch) => model.eval().forward(images));
    const tested = await evaluator.run(evaluationLoader(rest, engine));
    const quality = { accuracy: tested.accuracy, confidence: meanOf(tested.confidence) };
    return new DigitJudge({ engine, model, evaluator, quality });
  }

  /** Ends it without a judge, and gives the memory back. */
  dispose(): void {
    this.step.dispose();
    this.optimizer.dispose();
    this.model.dispose();
  }
}

interface JudgeParts {
  readonly engine: Engine;
  readonly model: nn.Sequential;
  readonly evaluator: Evaluator<DigitBatch>;
  readonly quality: JudgeQuality;
}

/** A trained LeNet-5. */
export class DigitJudge {
  readonly quality: JudgeQuality;
  private readonly model: nn.Sequential;
  private readonly evaluator: Evaluator<DigitBatch>;
  private readonly engine: Engine;

  constructor({ engine, model, evaluator, quality }: JudgeParts) {
    this.engine = engine;
    this.model = model;
    this.evaluator = evaluator;
    this.quality = quality;
  }

  /** Trains a judge to the end. Starts the engine's random numbers anew. */
  static async train(
    engine: Engine,
    pictures: Pictures,
    seed: number,
    onProgress?: (done: number, total: number) => void,
  ): Promise<DigitJudge> {
    manualSeed(seed, engine);
    const training = new JudgeTraining(engine, pictures, { seed });
    while (training.done < training.steps) {
      await engine.hasRoom();
      training.advance();
      onProgress?.(training.done, training.steps);
    }
    return training.finish();
  }

  /** images: gray pictures [count, size, size], one after another. */
  async score(images: Uint8Array, size: number): Promise<Scores> {
    const fitting = reframe(images, size, SIZE);
    const count = fitting.length / SIZE ** 2;
    // What they are labelled does not matter: only what the judge says is read.
    const samples = digitsDataset(fitting, new Uint8Array(count), { size: SIZE, normalize });
    const { predicted, confidence } = await this.evaluator.run(evaluationLoader(samples, this.engine));
    const counts = Array<number>(CLASSES).fill(0);
    for (const digit of predicted) counts[digit] += 1;
    return { confidence: meanOf(confidence), classShares: counts.map((share) => share / count) };
  }

  dispose(): void {
    this.evaluator.dispose();
    this.model.dispose();
  }
}

function evaluationLoader(dataset: ReturnType<typeof digitsDataset>, engine: Engine) {
  const batchSize = Math.min(EVALUATION_BATCH_SIZE, dataset.length);
  return new DataLoader(dataset, { batchSize, engine });
}

function meanOf(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
