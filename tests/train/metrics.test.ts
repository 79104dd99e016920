// What training decides from numbers alone: the best epoch, when to stop, counts of a confusion matrix, speed.

import { describe, expect, test } from "vitest";
import { ConfusionMatrix } from "../../src/train/confusionMatrix.ts";
import { EarlyStopping } from "../../src/train/earlyStopping.ts";
import { BestMetric } from "../../src/train/metrics.ts";
import { Throughput } from "../../src/train/throughput.ts";

describe("BestMetric", () => {
  test("less is better for a loss, more for everything else, unless said otherwise", () => {
    const observed = (best: BestMetric, values: number[]) =>
      values.map((value) => best.observe({ loss: value, accuracy: value, error: value }));
    const values = [3, 4, 2, 2, 5];
    expect(observed(new BestMetric("test", {}), values)).toEqual([true, false, true, false, false]);
    expect(observed(new BestMetric("test", { metric: "accuracy" }), values)).toEqual([
      true,
      true,
      false,
      false,
      true,
    ]);
    expect(observed(new BestMetric("test", { metric: "error", mode: "min" }), values)).toEqual([
      true,
      false,
      true,
      false,
      false,
    ]);
  });

  test("NaN is never the best, and keeps nothing else from being it", () => {
    const best = new BestMetric("test", {});
    expect([Number.NaN, 5, Number.NaN, 4].map((loss) => best.observe({ loss }))).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });

  test("a missing metric is named, and so are those that are there", () => {
    expect(() =>
      new BestMetric("test", { metric: "f1" }).observe({ loss: 1, confusion: {}, accuracy: 0 }),
    ).toThrow('test: there is no metric "f1"; there are loss, accuracy.');
  });
});

describe("EarlyStopping", () => {
  test("stops after so many epochs without improvement", () => {
    const stopping = new EarlyStopping({ patience: 2 });
    expect([3, 2, 2.5, 1, 1, 1].map((loss) => stopping.observe({ loss }))).toEqual([
      false,
      false,
      false,
      false,
      false,
      true,
    ]);
  });

  test("an improvement must be more than minDelta", () => {
    const stopping = new EarlyStopping({ patience: 2, minDelta: 0.5 });
    expect([3, 2.75, 2.5, 1].map((loss) => stopping.observe({ loss }))).toEqual([false, false, true, false]);
  });

  test("refuses a patience below 1 and a negative minDelta", () => {
    expect(() => new EarlyStopping({ patience: 0 })).toThrow(
      "EarlyStopping: patience is 0; it must be a whole number from 1.",
    );
    expect(() => new EarlyStopping({ patience: 1, minDelta: -1 })).toThrow(
      "EarlyStopping: minDelta is -1; it must be a finite number from 0.",
    );
  });
});

describe("ConfusionMatrix", () => {
  test("counts by true and predicted class", () => {
    const matrix = new ConfusionMatrix(3);
    for (const [label, predicted] of [
      [0, 0],
      [0, 0],
      [0, 1],
      [1, 1],
      [1, 0],
    ]) {
      matrix.add(label, predicted);
    }
    expect([...matrix.counts]).toEqual([2, 1, 0, 1, 1, 0, 0, 0, 0]);
    expect(matrix.count(0, 1)).toBe(1);
    expect(matrix.total).toBe(5);
    expect(matrix.accuracy).toBe(3 / 5);
    expect(matrix.recall).toEqual([2 / 3, 1 / 2, Number.NaN]);
    expect(matrix.precision).toEqual([2 / 3, 1 / 2, Number.NaN]);
  });

  test("recall is by row, precision by column", () => {
    const matrix = new ConfusionMatrix(2);
    for (let i = 0; i < 3; i++) matrix.add(0, 1);
    matrix.add(1, 1);
    expect(matrix.recall).toEqual([0, 1]);
    expect(matrix.precision).toEqual([Number.NaN, 1 / 4]);
  });

  test("refuses what is no class", () => {
    expect(() => new ConfusionMatrix(2).add(2, 0)).toThrow(
      "ConfusionMatrix: the label is 2; it must be a whole number from 0 to 1.",
    );
    expect(() => new ConfusionMatrix(2).add(0, -1)).toThrow(
      "ConfusionMatrix: the prediction is -1; it must be a whole number from 0 to 1.",
    );
    expect(() => new ConfusionMatrix(0)).toThrow(
      "ConfusionMatrix: classes is 0; it must be a whole number from 1.",
    );
  });
});

describe("Throughput", () => {
  test("is the rate over the last steps, without time taken out", () => {
    let timeMs = 0;
    const throughput = new Throughput(() => timeMs);
    expect(throughput.stepsPerSecond).toBe(0);
    throughput.record(8);
    expect(throughput.stepsPerSecond).toBe(0);
    timeMs = 100;
    throughput.record(8);
    expect(throughput.stepsPerSecond).toBe(10);
    expect(throughput.examplesPerSecond).toBe(80);
    timeMs = 5200;
    throughput.exclude(5000);
    throughput.record(8);
    expect(throughput.stepsPerSecond).toBe(10);
    for (let step = 0; step < 64; step++) {
      timeMs += 10;
      throughput.record(4);
    }
    expect(throughput.stepsPerSecond).toBe(100);
    expect(throughput.examplesPerSecond).toBe(400);
  });
});
