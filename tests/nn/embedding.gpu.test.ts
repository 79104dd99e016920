// Embedding and the layers of positions: what they compute, how they begin, and what a checkpoint holds of them.

import { beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import { gradients } from "../../src/api/grad.ts";
import { manualSeed } from "../../src/api/random.ts";
import { ones, type Tensor, tensor, zeros } from "../../src/api/tensor.ts";
import { UsageError } from "../../src/base/errors.ts";
import * as nn from "../../src/nn/nn.ts";
import { alibiBias, mul, sum } from "../../src/ops/index.ts";
import { initShared } from "../setup/sharedDevice.ts";

beforeAll(async () => {
  await initShared();
});

async function listOf(value: Tensor): Promise<number[]> {
  return [...(await value.data())];
}

describe("EmbeddingBag", () => {
  test("means by default; sums of weighed rows by offsets; the largest; always without padding", async () => {
    const values = [1, 2, 3, 4, 5, 6];
    const index = tensor([2, 0, 2, 1], [2, 2], { dtype: "i32" });
    const make = (options: nn.EmbeddingBagLayerOptions) => {
      const layer = new nn.EmbeddingBag(3, 2, options);
      layer.weight.write(values);
      return layer;
    };
    expect(await listOf(make({}).forward(index))).toEqual([3, 4, 4, 5]);
    const largest = make({ mode: "max", paddingIndex: -1 });
    expect(largest.paddingIndex).toBe(2);
    expect(await listOf(largest.forward(index))).toEqual([1, 2, 3, 4]);
    const sums = make({ mode: "sum", includeLastOffset: true });
    const offsets = tensor([0, 3, 4], undefined, { dtype: "i32" });
    const perSampleWeights = tensor([1, 10, 0, 2]);
    const behind = tensor([2, 0, 2, 1], undefined, { dtype: "i32" });
    expect(await listOf(sums.forward(behind, { offsets, perSampleWeights }))).toEqual([15, 26, 6, 8]);
    expect([...sums.stateDict().keys()]).toEqual(["weight"]);
  });

  test("a padding row begins as zeros", async () => {
    const rows = await listOf(new nn.EmbeddingBag(3, 4, { paddingIndex: 1 }).weight);
    expect(rows.map((value) => value === 0)).toEqual(rows.map((_, i) => i >= 4 && i < 8));
  });
});

describe("Embedding", () => {
  test("picks rows of its weight, for tokens of any shape", async () => {
    const layer = new nn.Embedding(3, 2);
    layer.weight.write([1, 2, 3, 4, 5, 6]);
    const y = layer.forward(tensor([2, 0, 2, 1], [2, 2], { dtype: "i32" }));
    expect(y.shape).toEqual([2, 2, 2]);
    expect(await listOf(y)).toEqual([5, 6, 1, 2, 5, 6, 3, 4]);
    expect([...layer.stateDict()].map(([name, { shape }]) => [name, shape])).toEqual([["weight", [3, 2]]]);
  });

  test("a padding row begins as zeros and gets no gradient", async () => {
    manualSeed(2);
    const layer = new nn.Embedding(4, 3, { paddingIndex: -3 });
    expect(layer.paddingIndex).toBe(1);
    const rows = await listOf(layer.weight);
    expect(rows.map((value) => value === 0)).toEqual(rows.map((_, i) => i >= 3 && i < 6));
    const step = compile((index: Tensor) => gradients(sum(layer.forward(index)), [layer.weight])[0]);
    const index = tensor([1, 0, 0, 1], [4], { dtype: "i32" });
    expect(await listOf(step(index))).toEqual([2, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  test("weights begin normal with mean 0 and deviation 1, the same for the same seed", async () => {
    manualSeed(3);
    const first = await listOf(new nn.Embedding(100, 64).weight);
    manualSeed(3);
    expect(await listOf(new nn.Embedding(100, 64).weight)).toEqual(first);
    expect(await listOf(new nn.Embedding(100, 64).weight)).not.toEqual(first);
    const count = first.length;
    const mean = first.reduce((total, value) => total + value, 0) / count;
    const variance = first.reduce((total, value) => total + value * value, 0) / count;
    // Five standard deviations of a mean, and of a mean of squares.
    expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(count));
    expect(Math.abs(variance - 1)).toBeLessThan(5 * Math.sqrt(2 / count));
  });

  test("refuses sizes that are none", () => {
    expect(() => new nn.Embedding(0, 3)).toThrow(
      new UsageError("Embedding: numEmbeddings is 0; it must be a whole number of at least 1."),
    );
    expect(() => new nn.Embedding(3, 2.5)).toThrow(
      new UsageError("Embedding: dim is 2.5; it must be a whole number of at least 1."),
    );
    expect(() => new nn.Embedding(3, 2, { paddingIndex: 3 })).toThrow(
      new UsageError(
        "Embedding: paddingIndex is 3, numEmbeddings 3; paddingIndex must be a whole number from -3 to 2.",
      ),
    );
  });
});

describe("tables of positions", () => {
  const nearest = (values: readonly number[]) => values.map(Math.fround);

  test("sinusoidal: sines and cosines in turn, as near as f32 holds them", async () => {
    const table = nn.sinusoidalTable(3, 4, { base: 100 });
    expect(table.shape).toEqual([3, 4]);
    const row = (p: number) => [Math.sin(p), Math.cos(p), Math.sin(p / 10), Math.cos(p / 10)];
    expect(await listOf(table)).toEqual(nearest([...row(0), ...row(1), ...row(2)]));
    expect((await listOf(nn.sinusoidalTable(2, 3))).slice(3)).toEqual(
      nearest([Math.sin(1), Math.cos(1), Math.sin(10000 ** (-2 / 3))]),
    );
  });

  test("rotary: cosines, and sines with the sign of their side of the pair", async () => {
    const halves = nn.rotaryTable(2, 4, { base: 100 });
    expect(halves.shape).toEqual([2, 2, 4]);
    const [c, s] = [Math.cos(1), Math.sin(1)];
    const [d, t] = [Math.cos(0.1), Math.sin(0.1)];
    expect((await listOf(halves)).slice(8)).toEqual(nearest([c, d, c, d, -s, -t, s, t]));
    const neighbours = nn.rotaryTable(2, 4, { base: 100, interleaved: true });
    expect((await listOf(neighbours)).slice(8)).toEqual(nearest([c, c, d, d, -s, s, -t, t]));
  });

  test("slopes of 8 heads halve, those of 12 take every other one of 16", async () => {
    const eight = [1, 2, 3, 4, 5, 6, 7, 8].map((k) => 2 ** -k);
    expect(await listOf(nn.alibiSlopes(8))).toEqual(eight);
    expect(await listOf(nn.alibiSlopes(12))).toEqual(
      nearest([...eight, ...[0.5, 1.5, 2.5, 3.5].map((k) => 2 ** -k)]),
    );
    expect(await listOf(nn.alibiSlopes(1))).toEqual([2 ** -8]);
  });

  test("refuse sizes that are none", () => {
    const faults: [() => unknown, string][] = [
      [() => nn.rotaryTable(2, 3), "rotaryTable: dim is 3; it must be even."],
      [() => nn.rotaryTable(0, 4), "rotaryTable: positions is 0; it must be a whole number of at least 1."],
      [() => nn.sinusoidalTable(2, 4, { base: 0 }), "sinusoidalTable: base is 0; it must be above 0."],
      [() => nn.alibiSlopes(0), "alibiSlopes: heads is 0; it must be a whole number of at least 1."],
      [() => new nn.RotaryEmbedding(5), "RotaryEmbedding: dim is 5; it must be even."],
      [
        () => new nn.SinusoidalPositions(4, { maxPositions: 3 }).forward(zeros([2, 4]), { offset: 2 }),
        "SinusoidalPositions: 2 tokens from offset 2 on, but the table has 3 positions; all must be in the table.",
      ],
    ];
    for (const [make, message] of faults) expect(make).toThrow(new UsageError(message));
  });
});

describe("RotaryEmbedding", () => {
  const x = () => tensor([1, 2, 3, 4], [1, 1, 1, 4]);

  test.each([false, true])("scores depend on the distance alone, interleaved: %s", async (interleaved) => {
    const layer = new nn.RotaryEmbedding(4, { maxPositions: 64, interleaved });
    const score = async (query: number, key: number) => {
      const q = layer.forward(x(), { offset: query });
      const k = layer.forward(tensor([4, -3, 2, 1], [1, 1, 1, 4]), { offset: key });
      return sum(mul(q, k)).item();
    };
    const expected = await score(0, 3);
    // Sums of four products of size 4 at the most, each turned twice.
    for (const shift of [1, 20, 60]) expect(await score(shift, shift + 3)).toBeCloseTo(expected, 4);
    expect(Math.abs((await score(0, 4)) - expected)).toBeGreaterThan(0.1);
  });

  test("a compiled step takes its position from the GPU, and is no other plan for another one", async () => {
    const layer = new nn.RotaryEmbedding(4, { maxPositions: 16 });
    const step = compile((value: Tensor, positions: Tensor) => layer.forward(value, { positions }));
    for (const position of [0, 3, 15]) {
      const given = tensor([position], [1], { dtype: "i32" });
      expect(await listOf(step(x(), given))).toEqual(await listOf(layer.forward(x(), { offset: position })));
    }
    expect(step.inspect().length).toBe(1);
  });

  test("is one dispatch, and one for its gradient", async () => {
    const layer = new nn.RotaryEmbedding(8, { maxPositions: 16 });
    const run = compile((value: Tensor) => layer.forward(value, { offset: 2 }));
    await run(ones([2, 3, 5, 8])).data();
    expect(run.inspect()[0].plan.dispatches.length).toBe(1);
    const weight = ones([2, 3, 5, 8]);
    const slope = compile(
      (value: Tensor, dy: Tensor) => gradients(sum(mul(layer.forward(value), dy)), [value])[0],
    );
    await slope(ones([2, 3, 5, 8]), weight).data();
    expect(slope.inspect()[0].plan.dispatches.length).toBe(1);
  });

  test("has nothing that a checkpoint would hold, and gives its table back", () => {
    const layer = new nn.RotaryEmbedding(4);
    expect(layer.stateDict().size).toBe(0);
    layer.dispose();
    expect(layer.table.isDisposed).toBe(true);
  });
});

test("SinusoidalPositions adds its rows to every text", async () => {
  const layer = new nn.SinusoidalPositions(2, { maxPositions: 8 });
  const rows = await listOf(layer.table);
  expect(await listOf(layer.forward(zeros([2, 3, 2]), { offset: 1 }))).toEqual([
    ...rows.slice(2, 8),
    ...rows.slice(2, 8),
  ]);
  expect(layer.stateDict().size).toBe(0);
  layer.dispose();
  expect(layer.table.isDisposed).toBe(true);
});

test("slopes make a bias", async () => {
  const bias = alibiBias(nn.alibiSlopes(2), 1, 2, { offset: 1 });
  expect(await listOf(bias)).toEqual([-(2 ** -4), 0, -(2 ** -8), 0]);
});
