// What a loader decides without a GPU: its length, the order of each epoch, and what it refuses.

import { expect, test } from "vitest";
import { DataLoader, type DataLoaderOptions } from "../../src/data/dataLoader.ts";
import { ArrayDataset } from "../../src/data/dataset.ts";

function loaderOf(options: DataLoaderOptions, items = 10) {
  const column = { kind: "float" as const, itemShape: [], data: new Float32Array(items) };
  return new DataLoader(new ArrayDataset({ x: column }), options);
}

function order(loader: ReturnType<typeof loaderOf>, epoch: number): number[] {
  return loader.indices(epoch).flatMap((batch) => [...batch]);
}

test("the last batch is smaller, or left out", () => {
  const sizes = (options: DataLoaderOptions) =>
    loaderOf(options)
      .indices(0)
      .map(({ length }) => length);
  expect(sizes({ batchSize: 4 })).toEqual([4, 4, 2]);
  expect(sizes({ batchSize: 4, dropLast: true })).toEqual([4, 4]);
  expect(sizes({ batchSize: 5 })).toEqual([5, 5]);
  expect(sizes({ batchSize: 10, dropLast: true })).toEqual([10]);
  expect(loaderOf({ batchSize: 4 }).length).toBe(3);
  expect(loaderOf({ batchSize: 4, dropLast: true }).length).toBe(2);
});

test("without shuffle items come as they stand, in every epoch", () => {
  const loader = loaderOf({ batchSize: 3, seed: 5 });
  expect(order(loader, 0)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(order(loader, 7)).toEqual(order(loader, 0));
});

test("with shuffle each epoch and each seed has an order of its own, always the same one", () => {
  const loader = loaderOf({ batchSize: 7, shuffle: true, seed: 1 }, 100);
  const first = order(loader, 0);
  expect(first.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  expect(order(loader, 0)).toEqual(first);
  expect(order(loader, 1)).not.toEqual(first);
  expect(order(loaderOf({ batchSize: 50, shuffle: true, seed: 1 }, 100), 0)).toEqual(first);
  expect(order(loaderOf({ batchSize: 7, shuffle: true, seed: 2 }, 100), 0)).not.toEqual(first);
});

test.each<[options: DataLoaderOptions, message: string]>([
  [
    { batchSize: 0 },
    "DataLoader: batchSize is 0, the data set has 10 items; it must be a whole number from 1 to 10.",
  ],
  [
    { batchSize: 11 },
    "DataLoader: batchSize is 11, the data set has 10 items; it must be a whole number from 1 to 10.",
  ],
  [
    { batchSize: 2.5 },
    "DataLoader: batchSize is 2.5, the data set has 10 items; it must be a whole number from 1 to 10.",
  ],
  [{ batchSize: 2, seed: -1 }, "DataLoader: seed is -1; it must be a whole number from 0 to 2^53 - 1."],
  [
    { batchSize: 2, prefetch: Number.NaN },
    "DataLoader: prefetch is NaN; it must be a whole number from 0 to 2^53 - 1.",
  ],
])("%j is refused", (options, message) => {
  expect(() => loaderOf(options)).toThrow(expect.objectContaining({ name: "UsageError", message }));
});

test("an epoch that is no whole number is refused", () => {
  const loader = loaderOf({ batchSize: 2 });
  const message = "DataLoader: epoch is 0.5; it must be a whole number from 0 to 2^53 - 1.";
  expect(() => loader.setEpoch(0.5)).toThrow(message);
  expect(() => loader.indices(0.5)).toThrow(message);
});
