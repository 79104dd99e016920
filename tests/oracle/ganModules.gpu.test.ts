// Norms of channels, transposed convolution, spectral and weight norm, binary cross-entropy and interpolation against PyTorch's in float64.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import type { Engine } from "../../src/api/engine.ts";
import { gradients } from "../../src/api/grad.ts";
import { type Tensor, tensor } from "../../src/api/tensor.ts";
import * as nn from "../../src/nn/nn.ts";
import {
  binaryCrossEntropyWithLogits,
  type InterpolateOptions,
  interpolate,
  mul,
  sum,
} from "../../src/ops/index.ts";
import type { Reduction } from "../../src/ops/reduceLosses.ts";
import type { Shape } from "../../src/tensor/shape.ts";
import { initShared } from "../setup/sharedDevice.ts";
import { backward, expectStored, type Fixture, forward, loadFixture } from "./fixture.ts";
import facts from "./ganModules.json";
import { hashNumbers } from "./hashNumbers.ts";

/** Tensor numbers of the hash: inputs of step s are s, upstream gradients DY + s, parameters start at STATE. */
const DY = 50;
const STATE = 100;

let fixture: Fixture;

beforeAll(async () => {
  fixture = await loadFixture("ganModules");
});

function drawn(seed: number, number: number, shape: Shape, scale = 1, offset = 0): Tensor {
  return tensor(hashNumbers(seed, number, shape, { scale, offset }), shape);
}

function fill(module: nn.AnyModule, seed: number, scale = 0.5, offset = 0): void {
  module.parameters().forEach((parameter, index) => {
    parameter.write(hashNumbers(seed, STATE + index, parameter.shape, { scale, offset }));
  });
}

/** y, and the gradients of sum(y dy). */
function backwardOf(y: Tensor, wrt: readonly Tensor[], seed: number, step = 0): Tensor[] {
  return [y, ...gradients(sum(mul(y, drawn(seed, DY + step, y.shape))), wrt)];
}

async function expectResults([y, ...found]: readonly Tensor[], prefix: string): Promise<void> {
  expectStored(`${prefix}y`, await y.data(), fixture.get(`${prefix}y`), forward);
  for (const [index, gradient] of found.entries()) {
    const name = `${prefix}d${index}`;
    expectStored(name, await gradient.data(), fixture.get(name), backward);
  }
}

interface NormOptions extends nn.BatchNormLayerOptions {
  readonly groups?: number;
}

const norms: Readonly<Record<string, (channels: number, options: NormOptions) => nn.Module>> = {
  BatchNorm1d: (channels, options) => new nn.BatchNorm1d(channels, options),
  BatchNorm2d: (channels, options) => new nn.BatchNorm2d(channels, options),
  BatchNorm3d: (channels, options) => new nn.BatchNorm3d(channels, options),
  InstanceNorm1d: (channels, options) => new nn.InstanceNorm1d(channels, options),
  InstanceNorm2d: (channels, options) => new nn.InstanceNorm2d(channels, options),
  InstanceNorm3d: (channels, options) => new nn.InstanceNorm3d(channels, options),
  GroupNorm: (channels, { groups = 1, ...options }) => new nn.GroupNorm(groups, channels, options),
};

const weighted: Readonly<Record<string, () => nn.Linear | nn.Conv2d | nn.ConvTranspose2d>> = {
  Linear: () => new nn.Linear(5, 3),
  Conv2d: () => new nn.Conv2d(3, 4, 3),
  ConvTranspose2d: () => new nn.ConvTranspose2d(3, 4, 3),
};

const of = (...modules: string[]) => facts.cases.filter(({ module }) => modules.includes(module));

describe.each(["gpu", "fallback"] as const)("kernels for %s", (profile) => {
  let engine: Engine;

  beforeAll(async () => {
    engine = await initShared({ profile });
  });

  afterAll(() => engine.destroy());

  test.each(of(...Object.keys(norms)))(
    "$module, $name: three steps of training, then evaluation",
    async ({ module, seed, shape, name: _name, ...options }) => {
      const layer = norms[module](shape[1], options);
      fill(layer, seed, 0.5, 1);
      const step = compile((x: Tensor, dy: Tensor) => {
        const y = layer.train().forward(x);
        return [y, ...gradients(sum(mul(y, dy)), [x, ...layer.parameters()])];
      });
      for (let index = 0; index < facts.steps; index++) {
        const x = drawn(seed, index, shape, 2, 0.5 + index);
        await expectResults(step(x, drawn(seed, DY + index, shape)), `${seed}.${index}.`);
      }
      for (const [name, value] of layer.namedBuffers()) {
        expectStored(name, await value.data(), fixture.get(`${seed}.${name}`), forward);
      }
      const y = layer.eval().forward(drawn(seed, facts.steps, shape, 2, 0.5));
      expectStored("evaluation", await y.data(), fixture.get(`${seed}.eval`), forward);
    },
  );

  test.each(of("ConvTranspose2d"))("$module, $name", async ({ seed, shape, kernel = 1, options }) => {
    const layer = new nn.ConvTranspose2d(shape[1], 6, kernel, options as nn.ConvTranspose2dLayerOptions);
    fill(layer, seed);
    const x = drawn(seed, 0, shape);
    await expectResults(backwardOf(layer.forward(x), [x, ...layer.parameters()], seed), `${seed}.`);
  });

  test.each(of("spectral_norm"))(
    "spectral_norm of $name: three steps, then evaluation",
    async ({ name, seed, shape }) => {
      const layer = nn.spectralNorm(weighted[name]());
      fill(layer, seed);
      const state = layer.stateDict();
      const part = (key: string) => {
        const value = state.get(`parametrizations.weight.${key}`);
        if (value === undefined) throw new Error(`${key} is missing`);
        return value;
      };
      const [original, u, v] = ["original", "0._u", "0._v"].map(part);
      u.write(fixture.get(`${seed}.u0`).data);
      v.write(fixture.get(`${seed}.v0`).data);
      const [bias] = layer.parameters();
      for (let index = 0; index < facts.steps; index++) {
        const x = drawn(seed, index, shape);
        await expectResults(
          backwardOf(layer.forward(x), [x, original, bias], seed, index),
          `${seed}.${index}.`,
        );
      }
      expectStored("u", await u.data(), fixture.get(`${seed}.u`), forward);
      expectStored("v", await v.data(), fixture.get(`${seed}.v`), forward);
      const y = layer.eval().forward(drawn(seed, facts.steps, shape));
      expectStored("evaluation", await y.data(), fixture.get(`${seed}.eval`), forward);
    },
  );

  test.each(of("weight_norm"))("weight_norm of $name", async ({ name, seed, shape, axis }) => {
    const layer = nn.weightNorm(weighted[name](), { axis });
    fill(layer, seed);
    const x = drawn(seed, 0, shape);
    await expectResults(backwardOf(layer.forward(x), [x, ...layer.parameters()], seed), `${seed}.`);
  });

  test.each(of("BCEWithLogits"))(
    "$module, $name",
    async ({ seed, shape, scale = 4, reduction, posWeight }) => {
      const x = drawn(seed, 0, shape, scale);
      const target = drawn(seed, 1, shape, 0.5, 0.5);
      const weight = posWeight ? drawn(seed, 2, shape.slice(-1), 1, 2) : 1;
      const y = binaryCrossEntropyWithLogits(x, target, {
        reduction: reduction as Reduction,
        posWeight: weight,
      });
      await expectResults(backwardOf(y, [x], seed), `${seed}.`);
    },
  );

  test.each(of("interpolate"))("$module, $name", async ({ seed, shape, options }) => {
    const x = drawn(seed, 0, shape);
    await expectResults(backwardOf(interpolate(x, options as InterpolateOptions), [x], seed), `${seed}.`);
  });
});

test("the fixture has every module", () => {
  const count = (wanted: string) => of(wanted).length;
  const modules = [
    "BatchNorm1d",
    "BatchNorm2d",
    "BatchNorm3d",
    "InstanceNorm1d",
    "InstanceNorm2d",
    "InstanceNorm3d",
    "GroupNorm",
    "ConvTranspose2d",
    "spectral_norm",
    "weight_norm",
    "BCEWithLogits",
    "interpolate",
  ];
  expect(modules.map(count)).toEqual([3, 3, 1, 1, 1, 1, 2, 3, 3, 3, 3, 6]);
});
