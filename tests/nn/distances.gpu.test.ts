// CosineSimilarity and PairwiseDistance: PyTorch's defaults, and options handed on.

import { beforeAll, expect, test } from "vitest";
import { type Tensor, tensor } from "../../src/api/tensor.ts";
import { ShapeError, UsageError } from "../../src/base/errors.ts";
import * as nn from "../../src/nn/nn.ts";
import { initShared } from "../setup/sharedDevice.ts";
import { allowedError } from "../setup/tolerances.ts";

beforeAll(async () => {
  await initShared();
});

const a = () => tensor([3, 4, 0, 1], [2, 2]);
const b = () => tensor([4, 3, 0, -2], [2, 2]);

async function expectNear(y: Tensor, expected: readonly number[]): Promise<void> {
  const values = [...(await y.data())];
  expect(values.length).toBe(expected.length);
  values.forEach((value, i) => {
    const bar = allowedError({ family: "normalised" }, { expected: expected[i], input: 0, magnitude: 0 });
    expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(bar);
  });
}

test("CosineSimilarity", async () => {
  await expectNear(new nn.CosineSimilarity().forward(a(), b()), [0.96, -1]);
  await expectNear(new nn.CosineSimilarity({ axis: 0 }).forward(a(), b()), [1, 10 / Math.sqrt(17 * 13)]);
  expect(() => new nn.CosineSimilarity({ axis: 2 }).forward(a(), b())).toThrow(ShapeError);
  expect(() => new nn.CosineSimilarity({ eps: 0 }).forward(a(), b())).toThrow(
    new UsageError("cosineSimilarity: eps is 0; it must be above 0."),
  );
});

test("PairwiseDistance", async () => {
  const eps = 1e-6;
  await expectNear(new nn.PairwiseDistance().forward(a(), b()), [
    Math.hypot(-1 + eps, 1 + eps),
    Math.hypot(eps, 3 + eps),
  ]);
  const sums = new nn.PairwiseDistance({ p: 1, eps: 0, keepDims: true }).forward(a(), b());
  expect(sums.shape).toEqual([2, 1]);
  await expectNear(sums, [2, 3]);
  expect(() => new nn.PairwiseDistance({ p: -1 }).forward(a(), b())).toThrow(UsageError);
});
