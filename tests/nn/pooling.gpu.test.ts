// What pooling layers compute, on whole numbers; the ops have their own tests.

import { beforeAll, expect, test } from "vitest";
import { init } from "../../src/api/engine.ts";
import { type Tensor, tensor } from "../../src/api/tensor.ts";
import * as nn from "../../src/nn/nn.ts";
import { elementCount, type Shape } from "../../src/tensor/shape.ts";
import { valuesOf } from "./layerValues.ts";

beforeAll(async () => {
  await init();
});

/** 0, 1, …, as a tensor. */
function counting(shape: Shape): Tensor {
  return tensor(
    Float32Array.from({ length: elementCount(shape) }, (_, i) => i),
    shape,
  );
}

test("largest values, and back to where they stood", async () => {
  const line = counting([1, 1, 5]);
  expect(await valuesOf(new nn.MaxPool1d(2, { ceilMode: true }).forward(line))).toEqual([1, 3, 4]);
  const { values, indices } = new nn.MaxPool1d(2).forwardWithIndices(line);
  expect(await valuesOf(indices)).toEqual([1, 3]);
  expect(await valuesOf(new nn.MaxUnpool1d(2).forward(values, indices, 5))).toEqual([0, 1, 0, 3, 0]);

  const volume = counting([1, 1, 2, 2, 4]);
  const found = new nn.MaxPool3d(2).forwardWithIndices(volume);
  expect(await valuesOf(found.indices)).toEqual([13, 15]);
  const back = new nn.MaxUnpool3d(2).forward(found.values, found.indices);
  expect(await valuesOf(back)).toEqual([...new Array(13).fill(0), 13, 0, 15]);

  const plane = new nn.MaxPool2d([1, 2]).forwardWithIndices(counting([1, 1, 2, 2]));
  expect(await valuesOf(new nn.MaxUnpool2d([1, 2]).forward(plane.values, plane.indices))).toEqual([
    0, 1, 0, 3,
  ]);
});

test("means", async () => {
  const line = counting([1, 1, 5]);
  expect(await valuesOf(new nn.AvgPool1d(2, { ceilMode: true }).forward(line))).toEqual([0.5, 2.5, 4]);
  const volume = counting([1, 1, 2, 2, 4]);
  expect(await valuesOf(new nn.AvgPool3d(2, { divisorOverride: 4 }).forward(volume))).toEqual([13, 17]);
});

test("lengths", async () => {
  const line = tensor([3, 4, 6, 8], [1, 1, 4]);
  expect(await valuesOf(new nn.LPPool1d(2, 2).forward(line))).toEqual([5, 10]);
  const plane = tensor([3, 4, 6, 8], [1, 1, 1, 4]);
  expect(await valuesOf(new nn.LPPool2d(2, [1, 2]).forward(plane))).toEqual([5, 10]);
  const volume = tensor([3, 4, 6, 8], [1, 1, 2, 2, 1]);
  expect(await valuesOf(new nn.LPPool3d(2, [1, 2, 1]).forward(volume))).toEqual([5, 10]);
});

test("as many results as are asked for", async () => {
  const line = counting([1, 1, 5]);
  const plane = counting([1, 1, 2, 5]);
  const volume = counting([1, 1, 2, 2, 2]);
  expect(await valuesOf(new nn.AdaptiveAvgPool1d(3).forward(line))).toEqual([0.5, 2, 3.5]);
  expect(await valuesOf(new nn.AdaptiveAvgPool2d([1, null]).forward(plane))).toEqual([
    2.5, 3.5, 4.5, 5.5, 6.5,
  ]);
  expect(await valuesOf(new nn.AdaptiveAvgPool3d(1).forward(volume))).toEqual([3.5]);
  expect(await valuesOf(new nn.AdaptiveMaxPool1d(3).forward(line))).toEqual([1, 3, 4]);
  expect(await valuesOf(new nn.AdaptiveMaxPool1d(3).forwardWithIndices(line).indices)).toEqual([1, 3, 4]);
  expect(await valuesOf(new nn.AdaptiveMaxPool2d([1, 3]).forward(plane))).toEqual([6, 8, 9]);
  expect(await valuesOf(new nn.AdaptiveMaxPool2d(1).forwardWithIndices(plane).indices)).toEqual([9]);
  expect(await valuesOf(new nn.AdaptiveMaxPool3d([2, 1, 1]).forward(volume))).toEqual([3, 7]);
  expect(await valuesOf(new nn.AdaptiveMaxPool3d(1).forwardWithIndices(volume).indices)).toEqual([7]);
});
