// LeNet-5: its parameters have the names and shapes of the same layers in PyTorch, and it gives logits for pictures.

import { expect, test } from "vitest";
import { manualSeed } from "../../src/api/random.ts";
import { zeros } from "../../src/api/tensor.ts";
import { lenet5 } from "../../src/models/lenet5.ts";
import { initShared } from "../setup/sharedDevice.ts";

test("parameters and logits", async () => {
  const engine = await initShared();
  manualSeed(1);
  const model = lenet5();
  expect([...model.stateDict()].map(([name, { shape }]) => [name, shape])).toEqual([
    ["0.weight", [6, 1, 5, 5]],
    ["0.bias", [6]],
    ["3.weight", [16, 6, 5, 5]],
    ["3.bias", [16]],
    ["7.weight", [120, 400]],
    ["7.bias", [120]],
    ["9.weight", [84, 120]],
    ["9.bias", [84]],
    ["11.weight", [10, 84]],
    ["11.bias", [10]],
  ]);
  expect(model.parameters().reduce((sum, { size }) => sum + size, 0)).toBe(61_706);
  const logits = model.forward(zeros([3, 1, 28, 28]));
  expect(logits.shape).toEqual([3, 10]);
  const values = [...(await logits.data())];
  expect(values.every(Number.isFinite)).toBe(true);
  expect(values.slice(0, 10)).toEqual(values.slice(10, 20));
  expect(new Set(values.slice(0, 10)).size).toBe(10);
  engine.destroy();
});
