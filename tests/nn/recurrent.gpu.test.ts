// What a recurrent module does beside computing: where it starts, and when it drops.

import { afterAll, beforeAll, expect, test } from "vitest";
import type { Engine } from "../../src/api/engine.ts";
import { manualSeed } from "../../src/api/random.ts";
import { ones } from "../../src/api/tensor.ts";
import * as nn from "../../src/nn/nn.ts";
import { initShared } from "../setup/sharedDevice.ts";

let engine: Engine;

beforeAll(async () => {
  engine = await initShared();
});

afterAll(() => engine.destroy());

test("every parameter is drawn evenly from (-k, k), k one over the root of the width", async () => {
  manualSeed(1);
  const model = new nn.LSTM(3, 16, { numLayers: 2, bidirectional: true });
  for (const [name, parameter] of model.namedParameters()) {
    const values = [...(await parameter.data())];
    const [least, most] = [Math.min(...values), Math.max(...values)];
    expect(least, name).toBeGreaterThanOrEqual(-0.25);
    expect(most, name).toBeLessThan(0.25);
    expect(most - least, name).toBeGreaterThan(0.4);
  }
});

test("dropout stands between layers in training alone, and draws by the seed", async () => {
  manualSeed(2);
  const model = new nn.RNN(4, 8, { numLayers: 2, dropout: 0.5 });
  const x = ones([1, 4, 4]);
  const draw = async () => [...(await model.forward(x).output.data())];
  manualSeed(3);
  const [first, second] = [await draw(), await draw()];
  expect(second).not.toEqual(first);
  manualSeed(3);
  expect(await draw()).toEqual(first);
  model.eval();
  const steady = await draw();
  expect(await draw()).toEqual(steady);
  expect(steady).not.toEqual(first);
});
