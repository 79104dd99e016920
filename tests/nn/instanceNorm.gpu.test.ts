// What instance and group normalisation layers, and BatchNorm3d, compute and keep. Values are PyTorch's.

import { beforeAll, expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import { init } from "../../src/api/engine.ts";
import { tensor } from "../../src/api/tensor.ts";
import { ShapeError } from "../../src/base/errors.ts";
import * as nn from "../../src/nn/nn.ts";
import { reshape } from "../../src/ops/index.ts";
import { expectClose, keysOf, numbers, shapesOf, valuesOf } from "./layerValues.ts";

beforeAll(async () => {
  await init();
});

const x = () => tensor([1, 3, 10, 10, 5, 5, 0, 8], [2, 2, 2]);

test("state begins as PyTorch's, under its names", async () => {
  expect(keysOf(new nn.InstanceNorm1d(3))).toEqual([]);
  const layer = new nn.InstanceNorm2d(3, { affine: true, trackRunningStats: true });
  expect(shapesOf(layer)).toEqual({
    weight: [3],
    bias: [3],
    running_mean: [3],
    running_var: [3],
    num_batches_tracked: [],
  });
  const values = await Promise.all([...layer.stateDict().values()].map(valuesOf));
  expect(values.flat()).toEqual([1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0]);
  expect([...layer.namedParameters().keys()]).toEqual(["weight", "bias"]);
  expect(shapesOf(new nn.GroupNorm(2, 4))).toEqual({ weight: [4], bias: [4] });
  expect(keysOf(new nn.GroupNorm(2, 4, { bias: false }))).toEqual(["weight"]);
  expect(keysOf(new nn.GroupNorm(2, 4, { affine: false }))).toEqual([]);
  expect(keysOf(new nn.BatchNorm1d(2, { bias: false })).slice(0, 2)).toEqual(["weight", "running_mean"]);
  expect(keysOf(new nn.LocalResponseNorm(5))).toEqual([]);
});

test("running values take the mean over a batch's items up, and evaluation goes by them", async () => {
  const layer = new nn.InstanceNorm1d(2, { trackRunningStats: true, momentum: 0.5 });
  const step = compile((batch) => layer.train().forward(batch));
  await step(x()).data();
  await expectClose(layer.stateDict().get("running_mean") ?? numbers([2]), [1.75, 3.5]);
  await expectClose(layer.stateDict().get("running_var") ?? numbers([2]), [1, 8.5]);
  expect(await layer.numBatchesTracked?.item()).toBe(0);
  const scales = [1, 8.5].map((variance) => 1 / Math.sqrt(variance + 1e-5));
  const expected = [-0.75 * scales[0], 1.25 * scales[0], 6.5 * scales[1], 6.5 * scales[1]];
  await expectClose(layer.eval().forward(tensor([1, 3, 10, 10], [2, 2])), expected);
  expect(await valuesOf(layer.runningMean ?? numbers([2]))).toEqual([1.75, 3.5]);
});

test("without a momentum running values stay", async () => {
  const layer = new nn.InstanceNorm1d(2, { trackRunningStats: true, momentum: null });
  await layer.forward(x()).data();
  expect(await valuesOf(layer.runningMean ?? numbers([2]))).toEqual([0, 0]);
});

test("an input is one item or a batch of them, in training and evaluation", async () => {
  const layer = new nn.InstanceNorm2d(2, { eps: 3, affine: true });
  layer.weight?.write([2, 4]);
  const item = tensor([1, 3, 1, 3, 7, -3, 7, -3], [2, 2, 2]);
  const expected = [-1, 1, -1, 1, ...[20, -20, 20, -20].map((d) => d / Math.sqrt(28))];
  const y = layer.forward(item);
  expect(y.shape).toEqual([2, 2, 2]);
  await expectClose(y, expected);
  await expectClose(layer.eval().forward(reshape(item, [1, 2, 2, 2])), expected);
  expect(new nn.InstanceNorm3d(2).forward(numbers([2, 2, 2, 3])).shape).toEqual([2, 2, 2, 3]);
});

test("GroupNorm, BatchNorm3d and LocalResponseNorm are their ops", async () => {
  const group = new nn.GroupNorm(2, 4, { eps: 3 });
  group.weight?.write([2, 4, 1, 3]);
  group.bias?.write([0, 1, 0, 0.5]);
  const y = group.forward(tensor([1, 3, 3, 1, 7, -3, -3, 7], [1, 4, 2]));
  const five = 5 / Math.sqrt(28);
  await expectClose(y, [-1, 1, 3, -1, five, -five, 0.5 - 3 * five, 0.5 + 3 * five]);
  const batch = new nn.BatchNorm3d(1, { eps: 3, bias: false });
  await expectClose(batch.forward(tensor([1, 3, 1, 3], [2, 1, 1, 1, 2])), [-0.5, 0.5, -0.5, 0.5]);
  const local = new nn.LocalResponseNorm(3, { alpha: 3, beta: 0.5, k: 2 });
  const expected = [1 / Math.sqrt(7), 2 / 4, 3 / Math.sqrt(31), 4 / Math.sqrt(27)];
  await expectClose(local.forward(tensor([1, 2, 3, 4], [1, 4, 1])), expected);
});

test("inputs of other axes or features are refused", () => {
  const faults: [make: () => unknown, message: string][] = [
    [
      () => new nn.InstanceNorm1d(3).forward(x()),
      "InstanceNorm1d: x is [2, 2, 2]; it must be [batch, numFeatures, length] or [numFeatures, length] with numFeatures 3.",
    ],
    [
      () => new nn.InstanceNorm2d(2).forward(numbers([2, 3])),
      "InstanceNorm2d: x is [2, 3]; it must be [batch, numFeatures, height, width] or [numFeatures, height, width] with numFeatures 2.",
    ],
    [
      () => new nn.BatchNorm3d(2).forward(x()),
      "BatchNorm3d: x is [2, 2, 2]; it must be [batch, numFeatures, depth, height, width] with numFeatures 2.",
    ],
    [
      () => new nn.GroupNorm(2, 4).forward(x()),
      "groupNorm: weight is [4]; it must be [2], a number for each channel.",
    ],
    [
      () => new nn.LocalResponseNorm(3).forward(numbers([2, 3])),
      "localResponseNorm: x is [2, 3]; it must be [batch, channels, ...], with three axes at least.",
    ],
  ];
  for (const [make, message] of faults) expect(make).toThrow(new ShapeError(message));
});
