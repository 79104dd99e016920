// Data sets in memory: named columns of items, and batches of them as plain typed arrays.
//
// Decides: how stored values become the numbers of a batch. Leaves to others: in which order items come, and
// the tensors made from a batch. Touches no GPU, so that a worker or a test can use it alone.

import { UsageError } from "../base/errors.ts";
import { product, range } from "../base/integers.ts";

/** A column whose batches are Float32Array. uint8 values are divided by 255 first. */
export interface FloatColumn {
  kind: "float";
  /** The shape of one item. */
  itemShape: readonly number[];
  data: Uint8Array | Float32Array;
  /** y = (x - mean) / std, after the division by 255. Default: x as it is. */
  normalize?: { mean: number; std: number };
}

/** A column of class numbers or indices, whose batches are Int32Array. */
export interface IndexColumn {
  kind: "index";
  itemShape: readonly number[];
  data: Uint8Array | Int32Array;
  /** Values must be from 0 to classes - 1. Default: not checked. */
  classes?: number;
}

export type Column = FloatColumn | IndexColumn;
export type Columns = Record<string, Column>;

/** One column of a batch: shape is [items, ...itemShape]. */
export interface BatchArray<Data extends Float32Array | Int32Array> {
  shape: number[];
  data: Data;
}

/** A batch has the names of the columns. */
export type Batch<C extends Columns> = {
  [Name in keyof C]: BatchArray<C[Name] extends IndexColumn ? Int32Array : Float32Array>;
};

/** What a loader needs: a number of items, and any of them gathered into a batch. */
export interface Dataset<B> {
  readonly length: number;
  /** The items at `indices`, in their order; an index may come twice. */
  gatherBatch(indices: ArrayLike<number>): B;
}

/** Columns in memory, whole or some of their rows. */
export class ArrayDataset<C extends Columns> implements Dataset<Batch<C>> {
  readonly length: number;
  readonly columns: C;
  readonly #rows: Uint32Array | undefined;

  /**
   * `rows` are the rows of the columns that this data set has, in order; all where it is left out.
   * Throws UsageError where there is no column, a column does not fit its shape, lengths differ, or a value
   * or row is out of range.
   */
  constructor(columns: C, rows?: ArrayLike<number>) {
    const rowCount = requireColumns(columns);
    this.columns = columns;
    this.#rows = rows === undefined ? undefined : requireIndices("ArrayDataset: row", rows, rowCount);
    this.length = this.#rows?.length ?? rowCount;
  }

  /**
   * The items at `indices`, as a data set that shares the columns. Throws UsageError where an index is out of
   * range.
   */
  subset(indices: ArrayLike<number>): ArrayDataset<C> {
    return new ArrayDataset(this.columns, this.#rowsAt("subset", indices));
  }

  /** The first `count` items, and the rest. Throws UsageError unless both have at least one. */
  split(count: number): [first: ArrayDataset<C>, rest: ArrayDataset<C>] {
    if (!Number.isInteger(count) || count < 1 || count >= this.length) {
      throw new UsageError(
        `split: count is ${count}, the data set has ${this.length} items; both parts must have at least one.`,
      );
    }
    return [this.subset(range(0, count)), this.subset(range(count, this.length))];
  }

  gatherBatch(indices: ArrayLike<number>): Batch<C> {
    const rows = this.#rowsAt("gatherBatch", indices);
    const arrays = Object.entries(this.columns).map(([name, column]) => [name, gatherColumn(column, rows)]);
    return Object.fromEntries(arrays) as Batch<C>;
  }

  #rowsAt(caller: string, indices: ArrayLike<number>): Uint32Array {
    const checked = requireIndices(`${caller}: index`, indices, this.length);
    const rows = this.#rows;
    return rows === undefined ? checked : checked.map((index) => rows[index]);
  }
}

/** Throws UsageError unless `batchSize` is a whole number from 1 to `length`, the items of the data set. */
export function requireBatchSize(caller: string, batchSize: number, length: number): void {
  if (Number.isInteger(batchSize) && batchSize >= 1 && batchSize <= length) return;
  throw new UsageError(
    `${caller}: batchSize is ${batchSize}, the data set has ${length} items; ` +
      `it must be a whole number from 1 to ${length}.`,
  );
}

// Checks.

function requireColumns(columns: Columns): number {
  const lengths = Object.entries(columns).map(([name, column]) => requireColumn(name, column));
  if (lengths.length === 0) throw new UsageError("ArrayDataset: there is no column; at least one is needed.");
  if (lengths.every((length) => length === lengths[0])) return lengths[0];
  const listed = Object.keys(columns).map((name, i) => `${name} has ${lengths[i]}`);
  throw new UsageError(
    `ArrayDataset: the lengths differ, ${listed.join(", ")}; all columns must have as many items.`,
  );
}

/** The number of items in the column. */
function requireColumn(name: string, column: Column): number {
  const { itemShape, data } = column;
  const itemSize = product(itemShape);
  if (!itemShape.every((size) => Number.isInteger(size) && size >= 1)) {
    throw new UsageError(
      `ArrayDataset: ${name} has the item shape [${itemShape.join(", ")}]; ` +
        "its sizes must be whole numbers from 1.",
    );
  }
  if (data.length % itemSize !== 0) {
    throw new UsageError(
      `ArrayDataset: ${name} has ${data.length} values; that must be a multiple of ${itemSize}, ` +
        `which one item of shape [${itemShape.join(", ")}] has.`,
    );
  }
  if (column.kind === "index") requireClasses(name, column);
  else requireNormalize(name, column);
  return data.length / itemSize;
}

function requireClasses(name: string, { data, classes }: IndexColumn): void {
  if (classes === undefined) return;
  const wrong = data.findIndex((value) => value < 0 || value >= classes);
  if (wrong < 0) return;
  throw new UsageError(
    `ArrayDataset: ${name}[${wrong}] is ${data[wrong]}; it must be from 0 to ${classes - 1}.`,
  );
}

function requireNormalize(name: string, { normalize }: FloatColumn): void {
  if (normalize === undefined) return;
  const { mean, std } = normalize;
  if (Number.isFinite(mean) && Number.isFinite(std) && std > 0) return;
  throw new UsageError(
    `ArrayDataset: ${name} has normalize mean ${mean} and std ${std}; both must be finite, and std above 0.`,
  );
}

function requireIndices(what: string, indices: ArrayLike<number>, length: number): Uint32Array {
  const checked = new Uint32Array(indices.length);
  for (let i = 0; i < checked.length; i++) {
    const index = indices[i];
    if (!Number.isInteger(index) || index < 0 || index >= length) {
      throw new UsageError(`${what} ${i} is ${index}; it must be a whole number from 0 to ${length - 1}.`);
    }
    checked[i] = index;
  }
  return checked;
}

// Gathering.

function gatherColumn(column: Column, rows: Uint32Array): BatchArray<Float32Array | Int32Array> {
  const itemSize = product(column.itemShape);
  const shape = [rows.length, ...column.itemShape];
  const size = rows.length * itemSize;
  if (column.kind === "float")
    return { shape, data: gatherFloats(column, rows, itemSize, new Float32Array(size)) };
  return { shape, data: gatherRows(column.data, rows, itemSize, new Int32Array(size)) };
}

function gatherFloats(
  column: FloatColumn,
  rows: Uint32Array,
  itemSize: number,
  output: Float32Array,
): Float32Array {
  gatherRows(column.data, rows, itemSize, output);
  const { mean, std } = column.normalize ?? { mean: 0, std: 1 };
  if (column.data instanceof Uint8Array) {
    const values = Float32Array.from({ length: 256 }, (_, byte) => (byte / 255 - mean) / std);
    for (let i = 0; i < output.length; i++) output[i] = values[output[i]];
  } else if (column.normalize !== undefined) {
    for (let i = 0; i < output.length; i++) output[i] = (output[i] - mean) / std;
  }
  return output;
}

function gatherRows<Output extends Float32Array | Int32Array>(
  data: Uint8Array | Float32Array | Int32Array,
  rows: Uint32Array,
  itemSize: number,
  output: Output,
): Output {
  for (let i = 0; i < rows.length; i++) {
    const start = rows[i] * itemSize;
    output.set(data.subarray(start, start + itemSize), i * itemSize);
  }
  return output;
}
