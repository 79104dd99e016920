// fit: the training loop, as a stream of events that the consumer pulls.
//
// Decides: when a step runs (when the consumer pulls, and a few steps ahead of that), and in which order steps,
// evaluation, checkpoint and early stopping follow each other. Leaves the step itself to the caller's function, and
// batches to the loader. A consumer that does not pull pauses the training; there is nothing else to call.

import { Tensor } from "../api/tensor.ts";
import { UsageError } from "../base/errors.ts";
import { requireWhole } from "../base/requireWhole.ts";
import type { BestCheckpoint } from "./bestCheckpoint.ts";
import type { EarlyStopping } from "./earlyStopping.ts";
import type { Metrics } from "./metrics.ts";
import { PendingReads } from "./pendingReads.ts";
import { type StepOutput, scalarsOf } from "./stepOutput.ts";
import { Throughput } from "./throughput.ts";

/** What gives the batches of one epoch for each loop. */
export interface BatchSource<B> extends AsyncIterable<B> {
  /** Batches in an epoch. */
  readonly length: number;
  /** Told before each loop which epoch it is. */
  setEpoch?(epoch: number): void;
}

export interface FitOptions<B extends object, E extends Metrics = Metrics> {
  /** One training step, compiled or not: a scalar loss, or an object of scalars with `loss` among them. */
  readonly step: (batch: B) => StepOutput;
  readonly loader: BatchSource<B>;
  /** Epochs in all, those before `startEpoch` included. */
  readonly epochs: number;
  /** The first epoch, where training resumes. Default: 0. */
  readonly startEpoch?: number;
  /** Runs after each epoch. */
  readonly evaluate?: (epoch: number) => Promise<E>;
  /** Told of each epoch; the caller restores from it. */
  readonly checkpoint?: BestCheckpoint;
  readonly earlyStopping?: EarlyStopping;
  /**
   * Steps that run before the oldest loss is waited for. Default: 8. With 0 each pull is exactly one step, and the
   * model is as that step left it.
   */
  readonly runAhead?: number;
  /** When it is aborted, the loop throws its reason. */
  readonly signal?: AbortSignal;
}

/** Where training stands. */
export interface FitProgress {
  /** From 0. */
  readonly epoch: number;
  /** Steps up to and with this one, those of epochs before `startEpoch` included. */
  readonly step: number;
  /** Steps of all epochs. */
  readonly totalSteps: number;
  /** Over the last steps; 0 before the second. Pauses and evaluations do not count. */
  readonly stepsPerSecond: number;
  readonly examplesPerSecond: number;
  /** For the steps that remain, evaluations left out; undefined while the speed is not known. */
  readonly remainingMs: number | undefined;
}

/** A step is done. */
export interface StepEvent extends FitProgress {
  readonly kind: "step";
  readonly loss: number;
  /** The step's other scalars by name. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** An epoch is done, its evaluation too. */
export interface EpochEvent<E extends Metrics = Metrics> extends FitProgress {
  readonly kind: "epoch";
  /** The mean over the epoch's examples. */
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** What `evaluate` gave. */
  readonly evaluation: E | undefined;
  /** Whether the checkpoint kept this epoch. */
  readonly isBest: boolean;
  /** Whether training ends here, all epochs done or stopped early. */
  readonly isLast: boolean;
}

export type FitEvent<E extends Metrics = Metrics> = StepEvent | EpochEvent<E>;

/** A consumer that comes back later than this has paused. */
const PAUSE_MS = 1000;
const DEFAULT_RUN_AHEAD = 8;

/**
 * Trains: `for await (const event of fit({ step, loader, epochs }))`. Every step gives an event, in order, with its own
 * loss; losses are read without stalling, so up to `runAhead` further steps have run by then. Each epoch ends with an
 * event of its own. Leaving the loop ends the training. Throws UsageError for options out of range and for a step that
 * gives no scalars, DeviceError when the GPU is gone, the signal's reason when it is aborted.
 */
export async function* fit<B extends object, E extends Metrics = Metrics>(
  options: FitOptions<B, E>,
): AsyncGenerator<FitEvent<E>, void, undefined> {
  requireOptions(options);
  const throughput = new Throughput();
  for (let epoch = options.startEpoch ?? 0; epoch < options.epochs; epoch++) {
    const means = new WeightedMeans();
    for await (const event of stepsOfEpoch(options, epoch, throughput, means)) {
      yield* timed(event, throughput);
    }
    const event = await finishEpoch(options, epoch, throughput, means);
    yield* timed(event, throughput);
    if (event.isLast) return;
  }
}

/** Hands one event out. If the consumer pauses meanwhile, the pause does not count as training. */
async function* timed<Event>(event: Event, throughput: Throughput): AsyncGenerator<Event, void, undefined> {
  const startMs = performance.now();
  yield event;
  const waitedMs = performance.now() - startMs;
  if (waitedMs > PAUSE_MS) throughput.exclude(waitedMs);
}

interface StepTag {
  readonly step: number;
  readonly names: readonly string[];
  readonly examples: number;
}

async function* stepsOfEpoch<B extends object, E extends Metrics>(
  { step, loader, epochs, signal, runAhead = DEFAULT_RUN_AHEAD }: FitOptions<B, E>,
  epoch: number,
  throughput: Throughput,
  means: WeightedMeans,
): AsyncGenerator<StepEvent, void, undefined> {
  const reads = new PendingReads<StepTag>();
  let done = epoch * loader.length;
  const next = async (): Promise<StepEvent> => {
    const { tag, arrays } = await reads.shift();
    signal?.throwIfAborted();
    throughput.record(tag.examples);
    const values = Object.fromEntries(tag.names.map((name, index) => [name, Number(arrays[index][0])]));
    means.add(values, tag.examples);
    const { loss, ...metrics } = values;
    return { kind: "step", ...progress(epoch, tag.step, epochs * loader.length, throughput), loss, metrics };
  };
  signal?.throwIfAborted();
  loader.setEpoch?.(epoch);
  for await (const batch of loader) {
    signal?.throwIfAborted();
    const scalars = scalarsOf(step(batch));
    done += 1;
    const tag = { step: done, names: Object.keys(scalars), examples: exampleCount(batch) };
    reads.push(tag, Object.values(scalars));
    while (reads.length > runAhead) yield await next();
  }
  while (reads.length > 0) yield await next();
}

async function finishEpoch<B extends object, E extends Metrics>(
  { loader, epochs, evaluate, checkpoint, earlyStopping, signal }: FitOptions<B, E>,
  epoch: number,
  throughput: Throughput,
  means: WeightedMeans,
): Promise<EpochEvent<E>> {
  const startMs = performance.now();
  const { loss = Number.NaN, ...metrics } = means.values();
  const evaluation = await evaluate?.(epoch);
  signal?.throwIfAborted();
  const watched = { loss, ...metrics, ...evaluation };
  const isBest = (await checkpoint?.observe(watched, epoch)) ?? false;
  const isStopped = earlyStopping?.observe(watched) ?? false;
  throughput.exclude(performance.now() - startMs);
  const where = progress(epoch, (epoch + 1) * loader.length, epochs * loader.length, throughput);
  return {
    kind: "epoch",
    ...where,
    loss,
    metrics,
    evaluation,
    isBest,
    isLast: isStopped || epoch + 1 >= epochs,
  };
}

function progress(epoch: number, step: number, totalSteps: number, throughput: Throughput): FitProgress {
  const { stepsPerSecond, examplesPerSecond } = throughput;
  const remainingMs = stepsPerSecond > 0 ? (1000 * (totalSteps - step)) / stepsPerSecond : undefined;
  return { epoch, step, totalSteps, stepsPerSecond, examplesPerSecond, remainingMs };
}

/** The first axis of the batch's first tensor; 0 where there is none. */
function exampleCount(batch: object): number {
  const first = Object.values(batch).find((value) => value instanceof Tensor);
  return first?.shape[0] ?? 0;
}

/** Means over examples of numbers by name. */
class WeightedMeans {
  private readonly sums = new Map<string, number>();
  private weight = 0;

  add(values: Readonly<Record<string, number>>, examples: number): void {
    const weight = Math.max(1, examples);
    this.weight += weight;
    for (const [name, value] of Object.entries(values)) {
      this.sums.set(name, (this.sums.get(name) ?? 0) + weight * value);
    }
  }

  values(): Record<string, number> {
    return Object.fromEntries([...this.sums].map(([name, sum]) => [name, sum / this.weight]));
  }
}

function requireOptions<B extends object, E extends Metrics>(options: FitOptions<B, E>): void {
  const { epochs, startEpoch = 0, runAhead = DEFAULT_RUN_AHEAD } = options;
  requireWhole("fit: epochs", epochs, 1);
  requireWhole("fit: startEpoch", startEpoch, 0);
  requireWhole("fit: runAhead", runAhead, 0);
  if (startEpoch < epochs) return;
  throw new UsageError(
    `fit: startEpoch is ${startEpoch} and epochs ${epochs}; startEpoch must be below epochs.`,
  );
}
