// What normalisation layers compute, and the names, shapes and first values of their parameters.

import { beforeAll, describe, expect, test } from "vitest";
import { gradients } from "../../src/api/grad.ts";
import { type Tensor, tensor } from "../../src/api/tensor.ts";
import * as nn from "../../src/nn/nn.ts";
import { mul, sum } from "../../src/ops/index.ts";
import { initShared } from "../setup/sharedDevice.ts";
import { allowedError, type Tolerance } from "../setup/tolerances.ts";

beforeAll(async () => {
  await initShared();
});

const normalised: Tolerance = { family: "normalised" };

async function expectValues(y: Tensor, expected: readonly number[]): Promise<void> {
  const values = await y.data();
  expect(values.length).toBe(expected.length);
  expected.forEach((value, index) => {
    const bar = allowedError(normalised, { expected: value, input: value, magnitude: Math.abs(value) });
    expect(Math.abs(values[index] - value), `element ${index} is ${values[index]}`).toBeLessThanOrEqual(bar);
  });
}

/** Names, shapes and values of all that a checkpoint holds. */
async function stateOf(layer: nn.Module): Promise<[string, readonly number[], number[]][]> {
  const entries = [...layer.stateDict()];
  return Promise.all(entries.map(async ([name, value]) => [name, value.shape, [...(await value.data())]]));
}

describe("LayerNorm", () => {
  test("begins with a weight of ones and a bias of zeros, under PyTorch's names", async () => {
    expect(await stateOf(new nn.LayerNorm(3))).toEqual([
      ["weight", [3], [1, 1, 1]],
      ["bias", [3], [0, 0, 0]],
    ]);
    expect(new nn.LayerNorm([2, 1]).weight?.shape).toEqual([2, 1]);
    expect(await stateOf(new nn.LayerNorm(2, { bias: false }))).toEqual([["weight", [2], [1, 1]]]);
    expect(await stateOf(new nn.LayerNorm(2, { elementwiseAffine: false }))).toEqual([]);
    expect(new nn.LayerNorm(2).parameters().length).toBe(2);
  });

  test("normalises the last axes, then weighs and shifts", async () => {
    const layer = new nn.LayerNorm(2, { eps: 3 });
    layer.weight?.write([2, 3]);
    layer.bias?.write([10, 20]);
    await expectValues(layer.forward(tensor([1, 3, 5, 3], [1, 2, 2])), [9, 21.5, 11, 18.5]);
  });

  test("takes several axes for one row", async () => {
    const layer = new nn.LayerNorm([2, 2], { elementwiseAffine: false, eps: 3 });
    await expectValues(layer.forward(tensor([1, 3, 3, 1], [1, 2, 2])), [-0.5, 0.5, 0.5, -0.5]);
  });

  test("has eps 1e-5 unless told", async () => {
    const layer = new nn.LayerNorm(2);
    await expectValues(
      layer.forward(tensor([0.001, -0.001])),
      [0.001, -0.001].map((value) => value / Math.sqrt(1e-6 + 1e-5)),
    );
  });

  test("without a bias gives its weight the same gradient", async () => {
    const x = tensor([1, 3, 5, 3], [2, 2]);
    const dy = tensor([10, 20, 300, 400], [2, 2]);
    for (const bias of [true, false]) {
      const layer = new nn.LayerNorm(2, { eps: 3, bias });
      const [dw, db] = gradients(sum(mul(layer.forward(x), dy)), layer.parameters());
      await expectValues(dw, [-5 + 150, 10 - 200]);
      if (bias) await expectValues(db, [310, 420]);
    }
  });

  test("refuses an input of another size", () => {
    expect(() => new nn.LayerNorm(3).forward(tensor([1, 2]))).toThrow(
      "layerNorm: x is [2] and normalizedShape [3]; the sizes of x must end with it.",
    );
  });
});

describe("RMSNorm", () => {
  test("begins with a weight of ones", async () => {
    expect(await stateOf(new nn.RMSNorm(3))).toEqual([["weight", [3], [1, 1, 1]]]);
    expect(await stateOf(new nn.RMSNorm(3, { elementwiseAffine: false }))).toEqual([]);
  });

  test("divides by the root of the mean square, then weighs", async () => {
    const layer = new nn.RMSNorm(2, { eps: 3 });
    layer.weight?.write([2, 3]);
    await expectValues(layer.forward(tensor([1, 7, -1, 1], [2, 2])), [
      2 / Math.sqrt(28),
      21 / Math.sqrt(28),
      -1,
      1.5,
    ]);
  });

  test("has the machine epsilon as eps unless told", async () => {
    const y = new nn.RMSNorm(2).forward(tensor([2 ** -12, 2 ** -12]));
    await expectValues(
      y,
      [1, 1].map(() => 2 ** -12 / Math.sqrt(2 ** -24 + 2 ** -23)),
    );
  });
});
