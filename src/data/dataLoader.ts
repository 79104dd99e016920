// DataLoader: the batches of a data set as tensors, epoch after epoch.
//
// Decides: the order of each epoch, how far batches are prepared ahead, and how long their tensors live.
// Leaves to others: how values become the numbers of a batch (the data set), and what is done with it.

import { type Engine, requireEngine } from "../api/engine.ts";
import { type Tensor, tensor } from "../api/tensor.ts";
import { UsageError } from "../base/errors.ts";
import { type BatchArray, type Dataset, requireBatchSize } from "./dataset.ts";
import { shuffledOrder } from "./shuffledOrder.ts";

/** A batch before it is uploaded: an array for each column. */
export type ArrayBatch = Record<string, BatchArray<Float32Array | Int32Array>>;

/**
 * A batch on the GPU: a tensor for each column (floats as f32, integers as i32), and which batch it is. `index` and
 * `epoch` are not enumerable, so that a compiled function takes a batch as its argument and sees tensors alone: as
 * plain numbers they would make it compile every batch anew.
 */
export type LoadedBatch<B> = { readonly [Name in keyof B]: Tensor } & {
  /** The batch's number in its epoch, from 0. */
  readonly index: number;
  readonly epoch: number;
};

export interface DataLoaderOptions {
  /** Items in a batch. */
  batchSize: number;
  /** Whether each epoch has an order of its own, which depends on `seed` and the epoch's number. Default: false. */
  shuffle?: boolean;
  /** Default: 0. */
  seed?: number;
  /** Whether the items that do not fill a last batch are left out. Default: false: they come as a smaller batch. */
  dropLast?: boolean;
  /** Batches prepared ahead of the one that is asked for. Default: 2. */
  prefetch?: number;
  /** Whether the caller disposes of the tensors. Default: false: they live until the next batch is asked for. */
  keepBatches?: boolean;
  /** Default: the engine that `init` made. */
  engine?: Engine;
}

/**
 * `for await (const { images, labels, index } of loader)` runs through one epoch; the next loop is the next epoch.
 * Batches are uploaded when the GPU has room for them. The tensors of a batch are disposed of when the next one is
 * asked for, and at the end of the loop; to keep some, compute with them before, or set `keepBatches`.
 */
export class DataLoader<B extends ArrayBatch> implements AsyncIterable<LoadedBatch<B>> {
  readonly dataset: Dataset<B>;
  readonly batchSize: number;
  /** Batches in an epoch. */
  readonly length: number;
  readonly #options: DataLoaderOptions;
  #epoch = 0;

  /**
   * Throws UsageError unless batchSize is a whole number from 1 to the data set's length, prefetch one from 0, and
   * seed one from 0 to 2^53 - 1.
   */
  constructor(dataset: Dataset<B>, options: DataLoaderOptions) {
    const { batchSize, seed = 0, prefetch = 2, dropLast = false } = options;
    requireBatchSize("DataLoader", batchSize, dataset.length);
    requireWhole("seed", seed);
    requireWhole("prefetch", prefetch);
    this.dataset = dataset;
    this.batchSize = batchSize;
    this.length = Math[dropLast ? "floor" : "ceil"](dataset.length / batchSize);
    this.#options = options;
  }

  /** The number of the next loop's epoch, from 0. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Makes the next loop epoch `epoch`, as when training resumes. Throws UsageError unless it is a whole number from 0. */
  setEpoch(epoch: number): void {
    requireWhole("epoch", epoch);
    this.#epoch = epoch;
  }

  /** The items of each batch of an epoch, in order. */
  indices(epoch: number): Uint32Array[] {
    requireWhole("epoch", epoch);
    const { shuffle = false, seed = 0 } = this.#options;
    const count = this.dataset.length;
    const order = shuffle
      ? shuffledOrder(count, seed, epoch)
      : Uint32Array.from({ length: count }, (_, i) => i);
    return Array.from({ length: this.length }, (_, index) =>
      order.subarray(index * this.batchSize, (index + 1) * this.batchSize),
    );
  }

  /** Begins an epoch. Throws UsageError before `init`, where no engine was given. */
  [Symbol.asyncIterator](): AsyncGenerator<LoadedBatch<B>, void, undefined> {
    const engine = this.#options.engine ?? requireEngine("DataLoader");
    return this.#batches(engine, this.#epoch++);
  }

  async *#batches(engine: Engine, epoch: number): AsyncGenerator<LoadedBatch<B>, void, undefined> {
    const { prefetch = 2, keepBatches = false } = this.#options;
    const indices = this.indices(epoch);
    const ahead: Promise<LoadedBatch<B>>[] = [];
    let isEnded = false;
    let current: LoadedBatch<B> | undefined;
    let previous: Promise<unknown> = Promise.resolve();
    const prepare = async (index: number, turn: Promise<unknown>) => {
      await turn;
      await engine.hasRoom();
      if (isEnded) throw new UsageError("DataLoader: the loop has ended; begin another one.");
      return upload(engine, this.dataset.gatherBatch(indices[index]), index, epoch);
    };
    try {
      for (let next = 0, index = 0; index < indices.length; index++) {
        for (; next < indices.length && next <= index + prefetch; next++) {
          const batch = prepare(next, previous);
          batch.catch(() => undefined); // whoever asks for the batch hears of it
          ahead.push(batch);
          previous = batch;
        }
        current = await ahead[0];
        ahead.shift();
        yield current;
        if (!keepBatches) dispose(current);
        current = undefined;
      }
    } finally {
      isEnded = true;
      if (current !== undefined && !keepBatches) dispose(current);
      // Nobody has seen what was prepared ahead; what still waits for room gives up by itself.
      for (const batch of ahead) batch.then(dispose, () => undefined);
    }
  }
}

function upload<B extends ArrayBatch>(
  engine: Engine,
  batch: B,
  index: number,
  epoch: number,
): LoadedBatch<B> {
  const columns = Object.entries(batch);
  const taken = columns.find(([name]) => name === "index" || name === "epoch");
  if (taken !== undefined) {
    throw new UsageError(
      `DataLoader: a column is named ${taken[0]}; batches have a number of that name, so rename it.`,
    );
  }
  const tensors = columns.map(([name, { shape, data }]) => [name, tensor(data, shape, { engine, name })]);
  const numbers = { index: { value: index }, epoch: { value: epoch } };
  return Object.defineProperties(Object.fromEntries(tensors), numbers);
}

function dispose(batch: object): void {
  for (const value of Object.values(batch) as Tensor[]) value.dispose();
}

function requireWhole(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 0) return;
  throw new UsageError(`DataLoader: ${name} is ${value}; it must be a whole number from 0 to 2^53 - 1.`);
}
