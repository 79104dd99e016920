// Batches as tensors: their values, how long they live, and what is left on the GPU when a loop ends.

import { beforeEach, expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import type { Engine } from "../../src/api/engine.ts";
import type { Tensor } from "../../src/api/tensor.ts";
import { DataLoader, type DataLoaderOptions } from "../../src/data/dataLoader.ts";
import { ArrayDataset } from "../../src/data/dataset.ts";
import { add } from "../../src/ops/index.ts";
import { initShared } from "../setup/sharedDevice.ts";

let engine: Engine;

// Each test has its own: tensors that others left behind may be collected at any time, while one counts.
beforeEach(async () => {
  engine?.destroy();
  engine = await initShared();
});

const dataset = new ArrayDataset({
  x: { kind: "float", itemShape: [2], data: Float32Array.from({ length: 10 }, (_, i) => i / 2) },
  labels: { kind: "index", itemShape: [], data: Int32Array.of(4, 3, 2, 1, 0) },
});

function loaderOf(options: Partial<DataLoaderOptions> = {}) {
  return new DataLoader(dataset, { batchSize: 2, engine, ...options });
}

test.each([0, 1, 2, 9])(
  "with prefetch %i every batch has its values, shapes and numbers",
  async (prefetch) => {
    const seen: unknown[] = [];
    for await (const { x, labels, index, epoch } of loaderOf({ prefetch })) {
      expect([x.dtype, labels.dtype]).toEqual(["f32", "i32"]);
      seen.push([index, epoch, x.shape, [...(await x.data())], labels.shape, [...(await labels.data())]]);
    }
    expect(seen).toEqual([
      [0, 0, [2, 2], [0, 0.5, 1, 1.5], [2], [4, 3]],
      [1, 0, [2, 2], [2, 2.5, 3, 3.5], [2], [2, 1]],
      [2, 0, [1, 2], [4, 4.5], [1], [0]],
    ]);
  },
);

test("each loop is the next epoch with its own order, and setEpoch goes back to one", async () => {
  const loader = loaderOf({ shuffle: true, seed: 3 });
  const run = async () => {
    const seen: number[] = [];
    for await (const { labels, epoch } of loader) seen.push(epoch, ...(await labels.data()));
    return seen;
  };
  const [first, second] = [await run(), await run()];
  expect([first[0], second[0], loader.epoch]).toEqual([0, 1, 2]);
  const labelsOf = (epoch: number) =>
    loader.indices(epoch).flatMap((batch) => [...batch].map((item) => 4 - item));
  expect(second.filter((_, i) => ![0, 3, 6].includes(i))).toEqual(labelsOf(1));
  expect(second).not.toEqual(first);
  loader.setEpoch(0);
  expect(await run()).toEqual(first);
});

test("a batch is disposed of when the next one is asked for, unless batches are kept", async () => {
  const kept: Tensor[] = [];
  for await (const { x } of loaderOf({ keepBatches: true })) kept.push(x);
  expect(kept.map(({ isDisposed }) => isDisposed)).toEqual([false, false, false]);
  for (const x of kept) x.dispose();

  const passed: Tensor[] = [];
  for await (const { x } of loaderOf()) {
    expect(x.isDisposed).toBe(false);
    passed.push(x);
    expect(passed.slice(0, -1).every(({ isDisposed }) => isDisposed)).toBe(true);
  }
  expect(passed.map(({ isDisposed }) => isDisposed)).toEqual([true, true, true]);
});

test("nothing stays on the GPU, whether a loop ends, is left, or throws", async () => {
  const before = engine.memory().liveTensors;
  for await (const _ of loaderOf());
  for await (const { x } of loaderOf()) {
    await x.data();
    break;
  }
  const failing = async () => {
    for await (const _ of loaderOf()) throw new Error("no");
  };
  await expect(failing()).rejects.toThrow("no");
  // What was prepared ahead is given back just after the loop.
  await Promise.resolve();
  expect(engine.memory().liveTensors).toBe(before);
});

test("a compiled function takes a batch, and is compiled once for each size", async () => {
  const sums = compile(({ x, labels }: { x: Tensor; labels: Tensor }) => [add(x, 1), add(labels, 1)]);
  const last: number[][] = [];
  const loader = loaderOf();
  for (let epoch = 0; epoch < 2; epoch++) {
    for await (const batch of loader) {
      const results = sums(batch);
      last.splice(0, 2, ...(await Promise.all(results.map(async (result) => [...(await result.data())]))));
      for (const result of results) result.dispose();
    }
  }
  expect(last).toEqual([[5, 5.5], [1]]);
  expect(sums.inspect()).toHaveLength(2);
  sums.dispose();
});

test("what the data set throws reaches the loop", async () => {
  const broken = new DataLoader(
    {
      length: 4,
      gatherBatch(indices: ArrayLike<number>) {
        if (indices[0] > 0) throw new RangeError("no such item");
        return { x: { shape: [2], data: new Float32Array(2) } };
      },
    },
    { batchSize: 2, engine },
  );
  const seen: number[] = [];
  const run = async () => {
    for await (const { index } of broken) seen.push(index);
  };
  await expect(run()).rejects.toThrow("no such item");
  expect(seen).toEqual([0]);
});

test("a column must not have the name of a number of the batch", async () => {
  const named = new ArrayDataset({ epoch: { kind: "float", itemShape: [], data: new Float32Array(2) } });
  const run = async () => {
    for await (const _ of new DataLoader(named, { batchSize: 1, engine }));
  };
  await expect(run()).rejects.toThrow(
    "DataLoader: a column is named epoch; batches have a number of that name, so rename it.",
  );
});
