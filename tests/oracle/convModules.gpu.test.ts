// Convolution layers, Unfold and Fold against PyTorch's in float64: values, gradients, the names and shapes of parameters.

import { beforeAll, expect, test } from "vitest";
import { init } from "../../src/api/engine.ts";
import { gradients } from "../../src/api/grad.ts";
import { type Tensor, tensor } from "../../src/api/tensor.ts";
import * as nn from "../../src/nn/nn.ts";
import { mul, sum } from "../../src/ops/index.ts";
import type { Shape } from "../../src/tensor/shape.ts";
import facts from "./convModules.json";
import { backward, expectStored, type Fixture, forward, loadFixture } from "./fixture.ts";
import { hashNumbers } from "./hashNumbers.ts";

/** Tensor numbers of the hash: x is 0, parameters start at STATE. */
const DY = 50;
const STATE = 100;

let fixture: Fixture;

beforeAll(async () => {
  await init();
  fixture = await loadFixture("convModules");
});

function drawn(seed: number, number: number, shape: Shape, scale = 1): Tensor {
  return tensor(hashNumbers(seed, number, shape, { scale }), shape);
}

type Make = new (...args: readonly unknown[]) => nn.Module;

/** The layer of a case: sizes first, then options. */
function layerOf({ module, sizes, options }: (typeof facts.cases)[number]): nn.Module {
  const Layer: Make = Reflect.get(nn, module);
  return new Layer(...sizes, options);
}

test.each(facts.cases)("$module, $options", async (one) => {
  const { seed, shape, state } = one;
  const layer = layerOf(one);
  const shapes = [...layer.stateDict()].map(([name, value]) => [name, value.shape]);
  expect(shapes).toEqual(Object.entries(state));
  const parameters = layer.parameters();
  parameters.forEach((parameter, index) => {
    parameter.write(hashNumbers(seed, STATE + index, parameter.shape, { scale: 0.5 }));
  });
  const x = drawn(seed, 0, shape);
  const y = layer.forward(x);
  const found = gradients(sum(mul(y, drawn(seed, DY, y.shape))), [x, ...parameters]);
  expectStored("y", await y.data(), fixture.get(`${seed}.y`), forward);
  for (const [index, gradient] of found.entries()) {
    const name = `${seed}.d${index}`;
    expectStored(name, await gradient.data(), fixture.get(name), backward);
  }
});

test("the fixture has every layer but ConvTranspose2d, and every padding", () => {
  const modules = new Set(facts.cases.map(({ module }) => module));
  expect([...modules]).toEqual([
    "Conv1d",
    "Conv2d",
    "Conv3d",
    "ConvTranspose1d",
    "ConvTranspose3d",
    "Unfold",
    "Fold",
  ]);
  const modes = facts.cases.map(({ options }) => options.paddingMode ?? "zeros");
  expect(new Set(modes)).toEqual(new Set(["circular", "reflect", "replicate", "zeros"]));
});
