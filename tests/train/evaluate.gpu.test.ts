// Evaluation of classifiers whose answers are known: the logits are the data.

import { beforeEach, expect, test } from "vitest";
import type { Engine } from "../../src/api/engine.ts";
import type { Tensor } from "../../src/api/tensor.ts";
import { DataLoader } from "../../src/data/dataLoader.ts";
import { ArrayDataset } from "../../src/data/dataset.ts";
import { reshape } from "../../src/ops/index.ts";
import { Evaluator, evaluate } from "../../src/train/evaluate.ts";
import { initShared } from "../setup/sharedDevice.ts";

let engine: Engine;

// Each test has its own: tensors that others left behind may be collected at any time, while one counts.
beforeEach(async () => {
  engine?.destroy();
  engine = await initShared();
});

type LogitBatch = { readonly logits: Tensor; readonly labels: Tensor };

const certain = Math.log(8);
const logits = [
  [certain, 0, 0],
  [0, certain, 0],
  [0, certain, 0],
  [0, 0, certain],
  [certain, 0, 0],
];
const labels = [0, 1, 0, 2, 0];

function loaderOf(batchSize: number, known: readonly number[] = labels) {
  const dataset = new ArrayDataset({
    logits: { kind: "float", itemShape: [3], data: Float32Array.from(logits.flat()) },
    labels: { kind: "index", itemShape: [], data: Int32Array.from(known) },
  });
  return new DataLoader(dataset, { batchSize, engine });
}

test.each([1, 2, 5])("in batches of %i: loss, accuracy, confusion and every answer", async (batchSize) => {
  const progress: number[] = [];
  const result = await evaluate((batch: LogitBatch) => batch.logits, loaderOf(batchSize), {
    onProgress: (examples) => progress.push(examples),
  });
  expect(result.examples).toBe(5);
  expect(result.accuracy).toBe(4 / 5);
  // softmax gives 8 / 10 to the certain class and 1 / 10 to each other.
  expect(result.loss).toBeCloseTo(-(4 * Math.log(0.8) + Math.log(0.1)) / 5, 5);
  expect([...result.labels]).toEqual(labels);
  expect([...result.predicted]).toEqual([0, 1, 1, 2, 0]);
  for (const confidence of result.confidence) expect(confidence).toBeCloseTo(0.8, 5);
  expect([...result.confusion.counts]).toEqual([2, 1, 0, 0, 1, 0, 0, 0, 1]);
  expect(progress).toHaveLength(Math.ceil(5 / batchSize));
  expect(progress.at(-1)).toBe(5);
});

test("an evaluator traces its function once for each size of batch, and leaves nothing behind", async () => {
  let traces = 0;
  const evaluator = new Evaluator((batch: LogitBatch) => {
    traces += 1;
    return batch.logits;
  });
  const before = engine.memory().liveTensors;
  const first = await evaluator.run(loaderOf(2));
  const second = await evaluator.run(loaderOf(2));
  expect(second).toEqual(first);
  expect(traces).toBe(2);
  expect(engine.memory().liveTensors).toBe(before);
  evaluator.dispose();
});

test("refuses logits that do not fit, labels that are no class, and no examples", async () => {
  const flat = evaluate(({ logits: x }: LogitBatch) => reshape(x, [6]), loaderOf(2));
  await expect(flat).rejects.toThrow(
    "evaluate: logits are [6] and labels [2]; they must be [batch, classes] and [batch].",
  );
  const wrong = evaluate((batch: LogitBatch) => batch.logits, loaderOf(5, [0, 1, 2, 3, 0]));
  await expect(wrong).rejects.toThrow(
    "ConfusionMatrix: the label is 3; it must be a whole number from 0 to 2.",
  );
  async function* nothing(): AsyncGenerator<LogitBatch> {}
  await expect(evaluate((batch: LogitBatch) => batch.logits, nothing())).rejects.toThrow(
    "evaluate: there are no examples; at least one is needed.",
  );
});

test("an aborted signal ends it with its reason", async () => {
  const controller = new AbortController();
  const running = evaluate((batch: LogitBatch) => batch.logits, loaderOf(1), {
    signal: controller.signal,
    onProgress: () => controller.abort(new Error("enough")),
  });
  await expect(running).rejects.toThrow("enough");
});
