// The page of `npm run train -- digits`: trains LeNet-5 on the digits that the script serves, and tells how it goes.
//
// Decides: model, optimizer and normalisation. Leaves data, files and the terminal to scripts/train.ts.

import {
  argmax,
  type CompiledFunction,
  cast,
  compile,
  crossEntropy,
  DataLoader,
  digitsDataset,
  type Engine,
  type Evaluation,
  Evaluator,
  equal,
  type FitEvent,
  lenet5,
  manualSeed,
  mean,
  optim,
  fit as startTraining,
  type Tensor,
  writeSafetensors,
} from "../../src/index.ts";
import { base64, defineJob, fetchJobBytes } from "../_shell/job.ts";
import { TrainingClock } from "../_shell/trainingClock.ts";

export interface JobSettings {
  epochs: number;
  batchSize: number;
  learningRate: number;
  seed: number;
}

/** What the page tells while it works. */
export type JobEvent =
  | { kind: "pipelines"; done: number; total: number }
  | {
      kind: "steps";
      epoch: number;
      epochs: number;
      step: number;
      totalSteps: number;
      /** Means over the last steps. */
      loss: number;
      accuracy: number;
      stepsPerSecond: number;
      remainingMs: number | undefined;
    }
  | {
      kind: "epoch";
      epoch: number;
      epochs: number;
      loss: number;
      accuracy: number;
      testLoss: number;
      testAccuracy: number;
      stepsPerSecond: number;
    };

export interface JobResult {
  steps: number;
  /** Over the whole training, evaluation and compilation left out. */
  stepsPerSecond: number;
  /** Of every step. */
  losses: number[];
  testAccuracy: number;
  labels: number[];
  predicted: number[];
  confidence: number[];
  /** By true digit, then predicted digit. */
  confusion: number[][];
  plan: { dispatches: number; submits: number; pipelines: number; peakBytes: number; liveBytes: number };
  /** The model as safetensors, with the names that PyTorch gives to the same layers. */
  modelBase64: string;
}

/** MNIST's own mean and deviation. */
const normalize = { mean: 0.1307, std: 0.3081 };
const evaluationBatchSize = 256;
/** Between two events about steps: each crosses over to another process. */
const eventIntervalMs = 100;
/** How much of the running means each step keeps. */
const smoothing = 0.95;

type DigitBatch = { readonly images: Tensor; readonly labels: Tensor };
type Dataset = ReturnType<typeof digitsDataset>;
type TrainingStep = CompiledFunction<[DigitBatch], { loss: Tensor; accuracy: Tensor }>;

defineJob(train);

async function train(
  engine: Engine,
  settings: JobSettings,
  tell: (event: JobEvent) => void,
): Promise<JobResult> {
  const { epochs, batchSize, learningRate, seed } = settings;
  const [training, test] = await Promise.all([fetchDigits("train"), fetchDigits("test")]);
  manualSeed(seed);
  const model = lenet5();
  const optimizer = new optim.Adam(model.parameters(), { lr: learningRate });
  const step = compile(
    ({ images, labels }: DigitBatch) => {
      const logits = model.forward(images);
      const loss = crossEntropy(logits, labels);
      optimizer.step(loss);
      return { loss, accuracy: mean(cast(equal(argmax(logits, { axis: 1 }), labels), "f32")) };
    },
    { onProgress: (done, total) => tell({ kind: "pipelines", done, total }) },
  );
  const evaluator = new Evaluator(({ images }: DigitBatch) => model.forward(images));
  const loader = new DataLoader(training, { batchSize, shuffle: true, seed });
  const testLoader = new DataLoader(test, { batchSize: Math.min(evaluationBatchSize, test.length) });
  await prepareStep(step, training, batchSize);

  const clock = new TrainingClock();
  const evaluate = () => clock.pausedFor(() => evaluator.run(testLoader));
  const { losses, last } = await follow(startTraining({ step, loader, epochs, evaluate }), epochs, tell);
  const { confusion, accuracy, labels, predicted, confidence } = last;
  return {
    steps: losses.length,
    stepsPerSecond: (1000 * losses.length) / clock.timeMs,
    losses,
    testAccuracy: accuracy,
    labels: [...labels],
    predicted: [...predicted],
    confidence: [...confidence],
    confusion: Array.from({ length: confusion.classes }, (_, label) =>
      Array.from({ length: confusion.classes }, (_, guess) => confusion.count(label, guess)),
    ),
    plan: describePlan(step, engine),
    modelBase64: base64(await modelBytes(model.stateDict())),
  };
}

/** Takes every event in; tells the script now and then. */
async function follow(
  events: AsyncIterable<FitEvent<Evaluation>>,
  epochs: number,
  tell: (event: JobEvent) => void,
): Promise<{ losses: number[]; last: Evaluation }> {
  const losses: number[] = [];
  const running = { loss: new RunningMean(), accuracy: new RunningMean() };
  let last: Evaluation | undefined;
  let toldMs = Number.NEGATIVE_INFINITY;
  for await (const event of events) {
    const { epoch, step, totalSteps, stepsPerSecond, remainingMs } = event;
    if (event.kind === "epoch") {
      last = event.evaluation;
      if (last === undefined) continue;
      const { loss, metrics } = event;
      const tested = { testLoss: last.loss, testAccuracy: last.accuracy };
      tell({ kind: "epoch", epoch, epochs, loss, accuracy: metrics.accuracy, ...tested, stepsPerSecond });
      continue;
    }
    losses.push(event.loss);
    const loss = running.loss.add(event.loss);
    const accuracy = running.accuracy.add(event.metrics.accuracy);
    if (performance.now() - toldMs < eventIntervalMs) continue;
    toldMs = performance.now();
    tell({ kind: "steps", epoch, epochs, step, totalSteps, loss, accuracy, stepsPerSecond, remainingMs });
  }
  if (last === undefined) throw new Error("the training ended without an evaluation");
  return { losses, last };
}

/** Compiles the step before the clock starts: for full batches, and for a smaller last one. */
async function prepareStep(step: TrainingStep, dataset: Dataset, batchSize: number): Promise<void> {
  for (const size of [batchSize, dataset.length % batchSize]) {
    if (size === 0) continue;
    for await (const batch of new DataLoader(dataset, { batchSize: size, prefetch: 0 })) {
      await step.prepare(batch);
      break;
    }
  }
}

/** An exponential mean which begins at the first value. */
class RunningMean {
  private value: number | undefined;

  add(value: number): number {
    this.value = this.value === undefined ? value : smoothing * this.value + (1 - smoothing) * value;
    return this.value;
  }
}

async function fetchDigits(part: "train" | "test") {
  const [images, labels] = await Promise.all([
    fetchJobBytes(`${part}-images`),
    fetchJobBytes(`${part}-labels`),
  ]);
  return digitsDataset(images, labels, { normalize });
}

function describePlan(step: TrainingStep, engine: Engine): JobResult["plan"] {
  const [{ plan }] = step.inspect();
  const { peakBytes, liveBytes } = engine.memory();
  return {
    dispatches: plan.dispatches.length,
    submits: plan.submits.length,
    pipelines: plan.shaders.length,
    peakBytes,
    liveBytes,
  };
}

async function modelBytes(state: ReadonlyMap<string, Tensor>): Promise<Uint8Array> {
  const entries = [...state].map(async ([name, tensor]) => {
    return [name, { dtype: "F32", shape: tensor.shape, data: await tensor.data() }] as const;
  });
  return writeSafetensors(await Promise.all(entries));
}
