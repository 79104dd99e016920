// GanMlp: its parameters have the names and shapes of linear layers, it computes what they and its activation say, and
// it refuses what cannot be.

import { afterAll, beforeAll, expect, test } from "vitest";
import type { Engine } from "../../src/api/engine.ts";
import { manualSeed } from "../../src/api/random.ts";
import { tensor } from "../../src/api/tensor.ts";
import { UsageError } from "../../src/base/errors.ts";
import { GAN_MLP_ACTIVATIONS, GanMlp } from "../../src/models/ganMlp.ts";
import { initShared } from "../setup/sharedDevice.ts";
import { allowedError } from "../setup/tolerances.ts";

let engine: Engine;

beforeAll(async () => {
  engine = await initShared();
});

afterAll(() => engine.destroy());

const activations = {
  tanh: Math.tanh,
  relu: (x: number) => Math.max(0, x),
  leakyRelu: (x: number) => (x > 0 ? x : 0.2 * x),
};

test.each(GAN_MLP_ACTIVATIONS)("with %s", async (activation) => {
  manualSeed(3);
  const model = new GanMlp({ inputs: 2, outputs: 1, hidden: [5, 4], activation });
  const state = [...model.stateDict()];
  expect(state.map(([name, { shape }]) => [name, shape])).toEqual([
    ["layers.0.weight", [5, 2]],
    ["layers.0.bias", [5]],
    ["layers.1.weight", [4, 5]],
    ["layers.1.bias", [4]],
    ["layers.2.weight", [1, 4]],
    ["layers.2.bias", [1]],
  ]);
  const values = await Promise.all(state.map(async ([, parameter]) => [...(await parameter.data())]));
  const layer = (x: readonly number[], index: number) => {
    const [weight, bias] = [values[2 * index], values[2 * index + 1]];
    return bias.map((start, row) => x.reduce((sum, one, i) => sum + one * weight[row * x.length + i], start));
  };
  const activate = activations[activation];
  const points = [
    [0.5, -1],
    [-2, 0.25],
    [3, 1],
  ];
  const expected = points.map((point) => {
    const first = layer(point, 0).map(activate);
    return layer(layer(first, 1).map(activate), 2)[0];
  });
  const y = model.forward(tensor(points));
  expect(y.shape).toEqual([3, 1]);
  (await y.data()).forEach((value, index) => {
    const comparison = { expected: expected[index], input: 0, magnitude: 0 };
    const bar = allowedError({ family: "activation" }, comparison);
    expect(Math.abs(value - expected[index])).toBeLessThanOrEqual(bar);
  });
});

test("without hidden layers it is linear", () => {
  const model = new GanMlp({ inputs: 1, outputs: 2, hidden: [] });
  expect(model.parameters().map(({ shape }) => shape)).toEqual([[2, 1], [2]]);
});

test("refusals", () => {
  const make = (options: object) => () =>
    new GanMlp({ inputs: 2, outputs: 1, hidden: [4], ...options } as ConstructorParameters<typeof GanMlp>[0]);
  expect(make({ inputs: 0 })).toThrow("GanMlp: inputs is 0; it must be a whole number of at least 1.");
  expect(make({ hidden: [4, 2.5] })).toThrow(
    "GanMlp: hidden[1] is 2.5; it must be a whole number of at least 1.",
  );
  expect(make({ activation: "gelu" })).toThrow(
    'GanMlp: activation is "gelu"; it must be one of tanh, relu, leakyRelu.',
  );
  expect(make({ activation: "gelu" })).toThrow(UsageError);
});
