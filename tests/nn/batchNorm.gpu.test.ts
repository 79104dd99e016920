// What batch normalisation layers compute in training and evaluation, and what they keep; Unflatten and Upsample.

import { beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import type { Engine } from "../../src/api/engine.ts";
import { gradients } from "../../src/api/grad.ts";
import { tensor } from "../../src/api/tensor.ts";
import { ShapeError, UsageError } from "../../src/base/errors.ts";
import * as nn from "../../src/nn/nn.ts";
import { sum } from "../../src/ops/index.ts";
import { initShared } from "../setup/sharedDevice.ts";
import { expectClose, keysOf, numbers, valuesOf } from "./layerValues.ts";

let engine: Engine;

beforeAll(async () => {
  engine = await initShared();
});

/** Running mean, running variance and count. */
async function expectRunning(layer: nn.BatchNorm1d | nn.BatchNorm2d, ...expected: number[][]): Promise<void> {
  const state = layer.stateDict();
  const names = ["running_mean", "running_var", "num_batches_tracked"];
  for (const [index, name] of names.entries()) {
    const value = state.get(name);
    if (value === undefined) throw new Error(`${name} is missing`);
    await expectClose(value, expected[index]);
  }
}

describe("state", () => {
  test("begins as PyTorch's, under its names", async () => {
    const layer = new nn.BatchNorm2d(3);
    expect(keysOf(layer)).toEqual(["weight", "bias", "running_mean", "running_var", "num_batches_tracked"]);
    expect([...layer.namedParameters().keys()]).toEqual(["weight", "bias"]);
    const values = await Promise.all([...layer.stateDict().values()].map(valuesOf));
    expect(values).toEqual([[1, 1, 1], [0, 0, 0], [0, 0, 0], [1, 1, 1], [0]]);
    expect([...layer.stateDict().values()].map(({ shape }) => shape)).toEqual([[3], [3], [3], [3], []]);
  });

  test("has only what is wanted", () => {
    expect(keysOf(new nn.BatchNorm1d(2, { affine: false }))).toEqual([
      "running_mean",
      "running_var",
      "num_batches_tracked",
    ]);
    expect(keysOf(new nn.BatchNorm1d(2, { trackRunningStats: false }))).toEqual(["weight", "bias"]);
  });

  test("is loaded, and given back with the layer", async () => {
    const from = new nn.BatchNorm1d(4);
    from.forward(numbers([5, 4]));
    const to = new nn.BatchNorm1d(4);
    to.loadStateDict(from.stateDict());
    const wanted = await Promise.all([...from.stateDict().values()].map(valuesOf));
    expect(await Promise.all([...to.stateDict().values()].map(valuesOf))).toEqual(wanted);
    const before = engine.memory().liveBytes;
    new nn.BatchNorm1d(4).dispose();
    expect(engine.memory().liveBytes).toBe(before);
  });
});

describe("training", () => {
  test("normalises by the batch, and takes its unbiased variance up", async () => {
    const layer = new nn.BatchNorm1d(2, { eps: 3 });
    layer.weight?.write([2, 3]);
    layer.bias?.write([0.5, -0.5]);
    const y = layer.forward(tensor([1, 7, 3, -3], [2, 2]));
    await expectClose(y, [-0.5, -0.5 + 15 / Math.sqrt(28), 1.5, -0.5 - 15 / Math.sqrt(28)]);
    await expectRunning(layer, [0.2, 0.2], [0.9 + 0.2, 0.9 + 5], [1]);
  });

  test("in a compiled step, once for each call; one dispatch beside those of the values", async () => {
    const layer = new nn.BatchNorm2d(2, { momentum: 0.5 });
    const step = compile((x) => layer.forward(x));
    const x = tensor([1, 3, 10, 10, 3, 5, 10, 10], [2, 2, 1, 2]);
    await step(x).data();
    await expectRunning(layer, [1.5, 5], [0.5 + 4 / 3, 0.5], [1]);
    await step(x).data();
    await expectRunning(layer, [2.25, 7.5], [0.25 + 2 / 3 + 4 / 3, 0.25], [2]);
  });

  test("without a momentum keeps the mean over all batches", async () => {
    const layer = new nn.BatchNorm1d(1, { momentum: null });
    const step = compile((x) => layer.forward(x));
    for (const [a, b] of [
      [1, 3],
      [5, 5],
      [-2, 2],
    ]) {
      await step(tensor([a, b], [2, 1])).data();
    }
    await expectRunning(layer, [7 / 3], [10 / 3], [3]);
  });

  test("twice in one step takes both batches up, in order", async () => {
    const layer = new nn.BatchNorm1d(1, { momentum: 0.5 });
    const step = compile((a, b) => [layer.forward(a), layer.forward(b)]);
    for (const y of step(tensor([0, 2], [2, 1]), tensor([10, 10], [2, 1]))) await y.data();
    await expectRunning(layer, [5.25], [0.75], [2]);
  });

  test("an empty batch leaves everything as it is", async () => {
    const layer = new nn.BatchNorm1d(2);
    expect(layer.forward(tensor([], [0, 2])).shape).toEqual([0, 2]);
    await expectRunning(layer, [0, 0], [1, 1], [0]);
  });

  test("has gradients for weight and bias", async () => {
    const layer = new nn.BatchNorm1d(2, { eps: 0 });
    const y = layer.forward(tensor([-1, 1, 1, -1], [2, 2]));
    const [dw, db] = gradients(sum(y), layer.parameters());
    await expectClose(dw, [0, 0]);
    await expectClose(db, [2, 2]);
  });

  test("without running values evaluation goes by the batch too", async () => {
    const layer = new nn.BatchNorm1d(1, { trackRunningStats: false, affine: false, eps: 0 });
    const x = tensor([3, 5], [2, 1]);
    await expectClose(layer.forward(x), [-1, 1]);
    await expectClose(layer.eval().forward(x), [-1, 1]);
  });
});

describe("evaluation", () => {
  test("goes by the running values and leaves them alone", async () => {
    const layer = new nn.BatchNorm2d(2, { eps: 3 });
    layer.runningMean?.write([1, 3]);
    layer.runningVar?.write([1, 13]);
    layer.weight?.write([2, 4]);
    layer.bias?.write([5, 6]);
    await expectClose(layer.eval().forward(tensor([1, 2, 3, 4], [1, 2, 1, 2])), [5, 6, 6, 7]);
    await expectRunning(layer, [1, 3], [1, 13], [0]);
    expect(await layer.numBatchesTracked?.item()).toBe(0);
  });
});

describe("inputs", () => {
  test("of one value per channel are refused in training only", () => {
    const layer = new nn.BatchNorm1d(2);
    const one = tensor([1, 2], [1, 2]);
    expect(() => layer.forward(one)).toThrow(
      new UsageError(
        "batchNorm: x is [1, 2], one value per channel, which has no variance; training needs more than one.",
      ),
    );
    expect(layer.eval().forward(one).shape).toEqual([1, 2]);
  });

  test("of other axes or features are refused", () => {
    expect(() => new nn.BatchNorm2d(2).forward(tensor([1, 2, 3, 4], [2, 2]))).toThrow(
      new ShapeError(
        "BatchNorm2d: x is [2, 2]; it must be [batch, numFeatures, height, width] with numFeatures 2.",
      ),
    );
    expect(() => new nn.BatchNorm1d(3).forward(tensor([1, 2, 3, 4], [2, 2]))).toThrow(
      new ShapeError(
        "BatchNorm1d: x is [2, 2]; it must be [batch, numFeatures] or [batch, numFeatures, length] with numFeatures 3.",
      ),
    );
  });
});

test("Unflatten cuts an axis into several", async () => {
  const y = new nn.Unflatten(1, [3, -1]).forward(tensor([1, 2, 3, 4, 5, 6], [1, 6]));
  expect(y.shape).toEqual([1, 3, 2]);
  expect(await valuesOf(y)).toEqual([1, 2, 3, 4, 5, 6]);
});

test("Upsample makes images larger", async () => {
  const x = tensor([1, 5], [1, 1, 1, 2]);
  expect(await valuesOf(new nn.Upsample({ scaleFactor: [1, 2] }).forward(x))).toEqual([1, 1, 5, 5]);
  await expectClose(new nn.Upsample({ size: [1, 4], mode: "bilinear" }).forward(x), [1, 2, 4, 5]);
});
