// A LeNet-5 that says what samples show: how sure it is of them, and how many there are of each digit. A digit that the
// generator has given up stands out by its share.

import {
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

type DigitBatch = { readonly images: Tensor; readonly labels: Tensor };

const SIZE = 28;
const normalize = { mean: 0.1307, std: 0.3081 };
const BATCH_SIZE = 64;
const EVALUATION_BATCH_SIZE = 250;
/** Digits seen in training: three passes over MNIST's 8,000, and at most so many passes where there are fewer. */
const SEEN = 24_000;
const MOST_PASSES = 12;
const LEARNING_RATE = 1e-3;

/** A trained LeNet-5. */
export class DigitJudge {
  readonly quality: JudgeQuality;
  private readonly model: nn.Sequential;
  private readonly evaluator: Evaluator<DigitBatch>;
  private readonly engine: Engine;

  private constructor(
    engine: Engine,
    model: nn.Sequential,
    evaluator: Evaluator<DigitBatch>,
    quality: JudgeQuality,
  ) {
    this.engine = engine;
    this.model = model;
    this.evaluator = evaluator;
    this.quality = quality;
  }

  /** Trains on four fifths of `pictures`, and tests on the rest. Starts the engine's random numbers anew. */
  static async train(
    engine: Engine,
    pictures: Pictures,
    seed: number,
    onProgress?: (done: number, total: number) => void,
  ): Promise<DigitJudge> {
    manualSeed(seed, engine);
    const images = reframe(pictures.images, pictures.size, SIZE);
    const all = digitsDataset(images, pictures.labels, { size: SIZE, classes: CLASSES, normalize });
    const [training, rest] = all.split(Math.max(1, Math.floor((all.length * 4) / 5)));
    const model = lenet5();
    const optimizer = new optim.Adam(model.parameters(), { lr: LEARNING_RATE });
    const step = compile(
      ({ images, labels }: DigitBatch) => {
        const loss = crossEntropy(model.train().forward(images), labels);
        optimizer.step(loss);
        return loss;
      },
      { engine },
    );
    const batchSize = Math.min(BATCH_SIZE, training.length);
    const loader = new DataLoader(training, { batchSize, shuffle: true, seed, dropLast: true, engine });
    const steps = Math.min(Math.ceil(SEEN / batchSize), MOST_PASSES * loader.length);
    for (let done = 0; done < steps; ) {
      for await (const batch of loader) {
        step(batch).dispose();
        onProgress?.(++done, steps);
        if (done === steps) break;
      }
    }
    step.dispose();
    optimizer.dispose();
    const evaluator = new Evaluator(({ images }: DigitBatch) => model.eval().forward(images));
    const tested = await evaluator.run(evaluationLoader(rest, engine));
    const quality = { accuracy: tested.accuracy, confidence: meanOf(tested.confidence) };
    return new DigitJudge(engine, model, evaluator, quality);
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
