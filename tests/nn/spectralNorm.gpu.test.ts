// Layers whose weight is divided by its largest singular value.

import { beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import { gradients } from "../../src/api/grad.ts";
import { type Tensor, tensor } from "../../src/api/tensor.ts";
import { UsageError } from "../../src/base/errors.ts";
import * as nn from "../../src/nn/nn.ts";
import { mul, sum } from "../../src/ops/index.ts";
import { SGD } from "../../src/optim/optim.ts";
import { initShared } from "../setup/sharedDevice.ts";
import { expectClose, keysOf, numbers, shapesOf, valuesOf } from "./layerValues.ts";

beforeAll(async () => {
  await initShared();
});

function stateOf(module: nn.AnyModule, name: string): Tensor {
  const value = module.stateDict().get(name);
  if (value === undefined) throw new Error(`${name} is missing`);
  return value;
}

describe("spectralNorm", () => {
  test("keeps the layer, and names its state as PyTorch does", () => {
    const layer = new nn.Conv2d(3, 4, 2);
    expect(nn.spectralNorm(layer)).toBe(layer);
    expect(shapesOf(layer)).toEqual({
      bias: [4],
      "parametrizations.weight.original": [4, 3, 2, 2],
      "parametrizations.weight.0._u": [4],
      "parametrizations.weight.0._v": [12],
    });
    expect([...layer.namedParameters().keys()]).toEqual(["bias", "parametrizations.weight.original"]);
    expect(shapesOf(nn.spectralNorm(new nn.ConvTranspose1d(3, 4, 4, { bias: false })))).toEqual({
      "parametrizations.weight.original": [3, 4, 4],
      "parametrizations.weight.0._u": [4],
      "parametrizations.weight.0._v": [12],
    });
    const part = new nn.Sequential(nn.spectralNorm(new nn.Linear(2, 2)));
    expect(keysOf(part)[0]).toBe("0.bias");
  });

  test("divides the weight by its largest singular value", async () => {
    const layer = nn.spectralNorm(new nn.Linear(2, 2, { bias: false }));
    // Orthogonal columns of lengths 5 and 2.5.
    stateOf(layer, "parametrizations.weight.original").write([3, -2, 4, 1.5]);
    for (let step = 0; step < 20; step++) await layer.forward(tensor([1, 0], [1, 2])).data();
    await expectClose(layer.forward(tensor([1, 0], [1, 2])), [0.6, 0.8]);
    await expectClose(layer.eval().forward(tensor([0, 1], [1, 2])), [-0.4, 0.3]);
    await expectClose(stateOf(layer, "parametrizations.weight.0._u"), await signed(layer, [0.6, 0.8]));
  });

  test("takes one step for each call in training and none in evaluation, compiled ones included", async () => {
    const layer = nn.spectralNorm(new nn.Linear(2, 2, { bias: false }));
    stateOf(layer, "parametrizations.weight.original").write([2, 0, 0, 1]);
    const u = stateOf(layer, "parametrizations.weight.0._u");
    const v = stateOf(layer, "parametrizations.weight.0._v");
    u.write([0.6, 0.8]);
    v.write([0.6, 0.8]);
    const x = tensor([1, 1], [1, 2]);
    const look = compile(() => layer.eval().forward(x));
    // u · W v is 0.72 + 0.64.
    await expectClose(look(), [2 / 1.36, 1 / 1.36]);
    expect(await valuesOf(u)).toEqual([...Float32Array.of(0.6, 0.8)]);
    const step = compile(() => layer.train().forward(x));
    // u becomes (1.2, 0.8) / 1.442, v (2.4, 0.8) / 2.530; u · W v = 6.4 / (1.442 * 2.530).
    const sigma = 6.4 / (Math.sqrt(2.08) * Math.sqrt(6.4));
    await expectClose(step(), [2 / sigma, 1 / sigma]);
    await expectClose(
      u,
      [1.2, 0.8].map((value) => value / Math.sqrt(2.08)),
    );
    await expectClose(
      v,
      [2.4, 0.8].map((value) => value / Math.sqrt(6.4)),
    );
  });

  test("passes gradients to the parameter, through the singular value too, but not through the iteration", async () => {
    const layer = nn.spectralNorm(new nn.Linear(2, 1, { bias: false }));
    const original = stateOf(layer, "parametrizations.weight.original");
    original.write([3, 4]);
    const loss = sum(mul(layer.forward(tensor([1, 0], [1, 2])), 10));
    const [dw] = gradients(loss, [original]);
    // y = 10 w0 / |w|: its slope along w is 0.
    await expectClose(dw, [10 * (1 / 5 - 9 / 125), 10 * (-12 / 125)]);
  });

  test("is trained by an optimizer, whatever that packs", async () => {
    const layer = nn.spectralNorm(new nn.Linear(3, 2));
    const optimizer = new SGD(layer.parameters(), { lr: 0.1 });
    const before = await valuesOf(stateOf(layer, "parametrizations.weight.original"));
    const step = compile((x: Tensor) => {
      const loss = sum(layer.forward(x));
      optimizer.step(loss);
      return loss;
    });
    const first = await step(numbers([4, 3])).item();
    const second = await step(numbers([4, 3])).item();
    expect(second).toBeLessThan(first);
    expect(await valuesOf(stateOf(layer, "parametrizations.weight.original"))).not.toEqual(before);
  });

  test("refuses what it cannot normalise", () => {
    const rest =
      'has no parameter "weight" of two axes or more, or has one that is normalised already; it must be a layer such as Linear, Conv2d or ConvTranspose2d.';
    expect(() => nn.spectralNorm(new nn.ReLU())).toThrow(new UsageError(`spectralNorm: ReLU ${rest}`));
    expect(() => nn.spectralNorm(new nn.BatchNorm2d(3))).toThrow(
      new UsageError(`spectralNorm: BatchNorm2d ${rest}`),
    );
    expect(() => nn.spectralNorm(nn.spectralNorm(new nn.Linear(2, 2)))).toThrow(
      new UsageError(`spectralNorm: Linear ${rest}`),
    );
    expect(() => nn.spectralNorm(new nn.Linear(2, 2), { axis: 2 })).toThrow(
      new UsageError("spectralNorm: axis is 2; it must be a whole number from 0 to 1."),
    );
    expect(() => nn.spectralNorm(new nn.Linear(2, 2), { nPowerIterations: 0 })).toThrow(
      new UsageError("spectralNorm: nPowerIterations is 0; it must be a whole number of at least 1."),
    );
    expect(() => nn.spectralNorm(new nn.Linear(2, 2), { eps: 0 })).toThrow(
      new UsageError("spectralNorm: eps is 0; it must be a finite number above 0."),
    );
  });
});

/** `vector` or its opposite, as the iteration happened to begin. */
async function signed(layer: nn.AnyModule, vector: readonly number[]): Promise<number[]> {
  const [first] = await valuesOf(stateOf(layer, "parametrizations.weight.0._u"));
  return vector.map((value) => value * Math.sign(first));
}
