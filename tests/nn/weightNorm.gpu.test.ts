// Layers whose weight is a length and a direction.

import { beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import { init } from "../../src/api/engine.ts";
import { gradients } from "../../src/api/grad.ts";
import { type Tensor, tensor } from "../../src/api/tensor.ts";
import { UsageError } from "../../src/base/errors.ts";
import * as nn from "../../src/nn/nn.ts";
import { mul, sum } from "../../src/ops/index.ts";
import { SGD } from "../../src/optim/optim.ts";
import { expectClose, keysOf, numbers, shapesOf, valuesOf } from "./layerValues.ts";

beforeAll(async () => {
  await init();
});

const [LENGTHS, DIRECTIONS] = ["original0", "original1"].map((name) => `parametrizations.weight.${name}`);

function stateOf(module: nn.AnyModule, name: string): Tensor {
  const value = module.stateDict().get(name);
  if (value === undefined) throw new Error(`${name} is missing`);
  return value;
}

describe("weightNorm", () => {
  test("keeps the layer, and names its state as PyTorch does", () => {
    const layer = new nn.Linear(2, 3);
    expect(nn.weightNorm(layer)).toBe(layer);
    expect(keysOf(layer)).toEqual(["bias", LENGTHS, DIRECTIONS]);
    expect([...layer.namedParameters().keys()]).toEqual(["bias", LENGTHS, DIRECTIONS]);
    const shapes = (module: nn.AnyModule) => [shapesOf(module)[LENGTHS], shapesOf(module)[DIRECTIONS]];
    expect(shapes(layer)).toEqual([
      [3, 1],
      [3, 2],
    ]);
    expect(shapes(nn.weightNorm(new nn.Linear(2, 3), { axis: 1 }))).toEqual([
      [1, 2],
      [3, 2],
    ]);
    expect(shapes(nn.weightNorm(new nn.Linear(2, 3), { axis: null }))).toEqual([[], [3, 2]]);
    const transposed = nn.weightNorm(new nn.ConvTranspose2d(2, 3, 2));
    expect(shapes(transposed)).toEqual([
      [2, 1, 1, 1],
      [2, 3, 2, 2],
    ]);
  });

  test("computes what the layer did, until lengths or directions change", async () => {
    const layer = new nn.Linear(2, 2, { bias: false });
    layer.weight.write([3, 4, 5, 12]);
    const x = tensor([1, 0], [1, 2]);
    const look = compile(() => nn.weightNorm(layer) && layer.forward(x));
    expect(() => look()).toThrow(UsageError); // not while a function is traced
    nn.weightNorm(layer);
    await expectClose(layer.forward(x), [3, 5]);
    await expectClose(stateOf(layer, LENGTHS), [5, 13]);
    stateOf(layer, LENGTHS).write([10, 1]);
    await expectClose(layer.forward(x), [6, 5 / 13]);
    stateOf(layer, DIRECTIONS).write([4, 3, 0, 2]);
    await expectClose(layer.forward(x), [8, 0]);
  });

  test("along other axes, and over all", async () => {
    for (const [axis, expected] of [
      [1, [6, 8]],
      [null, [30 / Math.sqrt(194), 40 / Math.sqrt(194)]],
    ] as const) {
      const layer = new nn.Linear(2, 2, { bias: false });
      layer.weight.write([3, 5, 4, 12]);
      nn.weightNorm(layer, { axis });
      stateOf(layer, LENGTHS).write(axis === null ? [10] : [10, 13]);
      await expectClose(layer.forward(tensor([1, 0], [1, 2])), expected);
    }
  });

  test("passes gradients to both", async () => {
    const layer = new nn.Linear(2, 1, { bias: false });
    layer.weight.write([3, 4]);
    nn.weightNorm(layer);
    const loss = sum(mul(layer.forward(tensor([1, 0], [1, 2])), 10));
    const [dg, dv] = gradients(loss, [stateOf(layer, LENGTHS), stateOf(layer, DIRECTIONS)]);
    // y = 10 g v0 / |v| with g = 5: its slope along v is 0.
    await expectClose(dg, [6]);
    await expectClose(dv, [50 * (1 / 5 - 9 / 125), 50 * (-12 / 125)]);
  });

  test("is trained by an optimizer, whatever that packs", async () => {
    const layer = nn.weightNorm(new nn.Linear(3, 2));
    const optimizer = new SGD(layer.parameters(), { lr: 0.1 });
    const step = compile((x: Tensor) => {
      const loss = sum(layer.forward(x));
      optimizer.step(loss);
      return loss;
    });
    const before = await valuesOf(stateOf(layer, LENGTHS));
    const first = await step(numbers([4, 3])).item();
    expect(await step(numbers([4, 3])).item()).toBeLessThan(first);
    expect(await valuesOf(stateOf(layer, LENGTHS))).not.toEqual(before);
  });

  test("refuses what it cannot normalise", () => {
    const rest =
      'has no parameter "weight" of two axes or more, or has one that is normalised already; it must be a layer such as Linear, Conv2d or ConvTranspose2d.';
    const faults: [make: () => unknown, message: string][] = [
      [() => nn.weightNorm(new nn.ReLU()), `weightNorm: ReLU ${rest}`],
      [() => nn.weightNorm(new nn.GroupNorm(1, 3)), `weightNorm: GroupNorm ${rest}`],
      [() => nn.weightNorm(nn.weightNorm(new nn.Linear(2, 2))), `weightNorm: Linear ${rest}`],
      [() => nn.weightNorm(nn.spectralNorm(new nn.Linear(2, 2))), `weightNorm: Linear ${rest}`],
      [
        () => nn.weightNorm(new nn.Linear(2, 2), { axis: 2 }),
        "weightNorm: axis is 2; it must be a whole number from 0 to 1.",
      ],
      [
        () => nn.weightNorm(new nn.Linear(2, 2), { axis: Number.NaN }),
        "weightNorm: axis is NaN; it must be a whole number from 0 to 1.",
      ],
      [
        () => nn.weightNorm(new nn.Linear(2, 2), { axis: -1 }),
        "weightNorm: axis is -1; it must be a whole number from 0 to 1.",
      ],
    ];
    for (const [make, message] of faults) expect(make).toThrow(new UsageError(message));
  });
});
