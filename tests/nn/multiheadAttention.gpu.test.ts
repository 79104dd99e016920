// MultiheadAttention: names and first values of parameters, what masks hide, weights, and what is refused.
// That the numbers are PyTorch's, tests/oracle/transformerLayers.gpu.test.ts shows.

import { beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import { manualSeed } from "../../src/api/random.ts";
import { ones, type Tensor, tensor } from "../../src/api/tensor.ts";
import { DtypeError, ShapeError } from "../../src/base/errors.ts";
import * as nn from "../../src/nn/nn.ts";
import type { Shape } from "../../src/tensor/shape.ts";
import { initShared } from "../setup/sharedDevice.ts";
import { ATTENTION, bools, expectClose, keysOf, numbers, shapesOf, valuesOf } from "./layerValues.ts";

beforeAll(async () => {
  await initShared();
});

describe("names and shapes are PyTorch's", () => {
  test("MultiheadAttention", () => {
    const plain = new nn.MultiheadAttention(4, 2);
    expect(keysOf(plain)).toEqual(ATTENTION);
    expect(shapesOf(plain)).toEqual({
      in_proj_weight: [12, 4],
      in_proj_bias: [12],
      "out_proj.weight": [4, 4],
      "out_proj.bias": [4],
    });
    expect(plain.parameters().length).toBe(4);
    expect(keysOf(new nn.MultiheadAttention(4, 2, { bias: false }))).toEqual([
      "in_proj_weight",
      "out_proj.weight",
    ]);
  });

  test("MultiheadAttention of several widths", () => {
    const names = ["q_proj_weight", "k_proj_weight", "v_proj_weight", ...ATTENTION.slice(1)];
    const module = new nn.MultiheadAttention(4, 2, { kdim: 3, vdim: 5 });
    expect(keysOf(module)).toEqual(names);
    expect(shapesOf(module)).toMatchObject({
      q_proj_weight: [4, 4],
      k_proj_weight: [4, 3],
      v_proj_weight: [4, 5],
      in_proj_bias: [12],
    });
    expect(keysOf(new nn.MultiheadAttention(4, 2, { vdim: 5 }))).toEqual(names);
    expect(keysOf(new nn.MultiheadAttention(4, 2, { kdim: 4, vdim: 4 }))).toEqual(ATTENTION);
  });
});

test("first values: Glorot's for what goes in, Linear's for what goes out, biases of zeros", async () => {
  manualSeed(5);
  const largest = async (x: Tensor | undefined) =>
    Math.max(...(await valuesOf(x ?? ones([1]))).map(Math.abs));
  const state = new nn.MultiheadAttention(32, 4).stateDict();
  // Of n draws the largest falls below 1 - 10 / n once in 22,000 times.
  const expectBound = async (name: string, bound: number) => {
    const ratio = (await largest(state.get(name))) / bound;
    expect(ratio).toBeLessThanOrEqual(1 + 1e-7);
    expect(ratio).toBeGreaterThan(1 - 10 / 1024);
  };
  await expectBound("in_proj_weight", Math.sqrt(6 / (32 + 96)));
  await expectBound("out_proj.weight", 1 / Math.sqrt(32));
  expect(await largest(state.get("in_proj_bias"))).toBe(0);
  expect(await largest(state.get("out_proj.bias"))).toBe(0);
  const separate = new nn.MultiheadAttention(32, 4, { kdim: 64 }).stateDict();
  const ofKeys = (await largest(separate.get("k_proj_weight"))) / Math.sqrt(6 / (32 + 64));
  expect(ofKeys).toBeLessThanOrEqual(1 + 1e-7);
  expect(ofKeys).toBeGreaterThan(1 - 10 / 2048);
});

test("inputs that are one tensor share one product", async () => {
  const [x, y, z] = [0, 1, 2].map((seed) => numbers([2, 3, 4], seed));
  const products = async (query: Tensor, key: Tensor, value: Tensor) => {
    const module = new nn.MultiheadAttention(4, 2);
    const run = compile(() => module.forward(query, key, value));
    await run().data();
    const [compiled] = run.inspect();
    return compiled.printGraph().match(/\bmatmul\(/g)?.length;
  };
  // One more than that of each makes the output.
  expect(await products(x, x, x)).toBe(2);
  expect(await products(x, y, y)).toBe(3);
  expect(await products(x, y, z)).toBe(4);
});

/** Heads of one column each that weigh all keys alike and give their values as they are. */
function averaging(width: number, options: nn.MultiheadAttentionOptions = {}): nn.MultiheadAttention {
  const module = new nn.MultiheadAttention(width, width, options);
  const identity = Array.from({ length: width ** 2 }, (_, i) => Number(i % (width + 1) === 0));
  const state = module.stateDict();
  state.get("in_proj_weight")?.write([...new Array(2 * width ** 2).fill(0), ...identity]);
  state.get("out_proj.weight")?.write(identity);
  state.get("out_proj.bias")?.write(new Array(width).fill(100));
  return module;
}

describe("what masks hide: true is hidden", () => {
  // Keys 0 … 3 of two texts; a second column of the same times 10.
  const rows = [
    [0, 4, 8, 12],
    [1, 2, 6, 7],
  ];
  const x = () => tensor(Float32Array.from(rows.flat().flatMap((value) => [value, 10 * value])), [2, 4, 2]);
  /** Means of the values in each row, for both heads, with the output's bias. */
  const means = (perRow: readonly (readonly (readonly number[])[])[]) =>
    perRow.flat().flatMap((values) => {
      const mean = values.reduce((total, value) => total + value, 0) / Math.max(1, values.length);
      return [100 + mean, 100 + 10 * mean];
    });
  const attend = (inputs: nn.MultiheadAttentionInputs) => {
    const module = averaging(2);
    const texts = x();
    const plain = module.forward(texts, texts, texts, { ...inputs, needWeights: false });
    const { output } = module.forward(texts, texts, texts, { ...inputs, needWeights: true });
    return [plain, output];
  };
  const expectBoth = async (inputs: nn.MultiheadAttentionInputs, expected: readonly number[]) => {
    for (const y of attend(inputs)) await expectClose(y, expected);
  };
  const seen = (allowed: (text: number, query: number, key: number) => boolean) =>
    means(
      rows.map((values, text) =>
        values.map((_, query) => values.filter((_value, key) => allowed(text, query, key))),
      ),
    );
  const padding = () =>
    bools([
      [0, 0, 0, 1],
      [1, 0, 0, 0],
    ]);
  const isPadding = (text: number, key: number) => key === (text === 0 ? 3 : 0);

  test("nothing", () =>
    expectBoth(
      {},
      seen(() => true),
    ));

  test("causal", () =>
    expectBoth(
      { causal: true },
      seen((_, query, key) => key <= query),
    ));

  test("padding", () =>
    expectBoth(
      { keyPaddingMask: padding() },
      seen((text, _, key) => !isPadding(text, key)),
    ));

  test("padding, causal: a query with no key left gets the output's bias alone", () =>
    expectBoth(
      { keyPaddingMask: padding(), causal: true },
      seen((text, query, key) => key <= query && !isPadding(text, key)),
    ));

  /** Each query's own key is hidden. */
  const own = [0, 1, 2, 3].map((query) => [0, 1, 2, 3].map((key) => Number(query === key)));
  const added = () => tensor(own.map((row) => row.map((hidden) => (hidden === 1 ? -Infinity : 0))));

  test("a mask of pairs", () =>
    expectBoth(
      { attentionMask: bools(own) },
      seen((_, query, key) => query !== key),
    ));

  test("a mask of pairs, padding, causal", () =>
    expectBoth(
      { attentionMask: bools(own), keyPaddingMask: padding(), causal: true },
      seen((text, query, key) => key < query && !isPadding(text, key)),
    ));

  test("an added mask", () =>
    expectBoth(
      { attentionMask: added() },
      seen((_, query, key) => query !== key),
    ));

  test("an added mask and padding", () =>
    expectBoth(
      { attentionMask: added(), keyPaddingMask: padding() },
      seen((text, query, key) => query !== key && !isPadding(text, key)),
    ));

  test("an added mask, padding, causal", () =>
    expectBoth(
      { attentionMask: added(), keyPaddingMask: padding(), causal: true },
      seen((text, query, key) => key < query && !isPadding(text, key)),
    ));

  test("an added mask weighs keys", async () => {
    const thrice = tensor([0, 1, 2, 3].map(() => [Math.log(3), 0, -Infinity, -Infinity]));
    await expectBoth(
      { attentionMask: thrice },
      means(rows.map(([first, second]) => rows[0].map(() => [first, first, first, second]))),
    );
  });

  test("a mask for each head of each text, the heads of a text side by side", async () => {
    // Head h of text t sees key 2 t + h alone.
    const hidden = [0, 1, 2, 3].flatMap((index) =>
      [0, 1, 2, 3].flatMap(() => [0, 1, 2, 3].map((key) => Number(key !== index))),
    );
    const attentionMask = tensor(Uint8Array.from(hidden), [4, 4, 4], { dtype: "bool" });
    const expected = [
      [0, 40],
      [6, 70],
    ].flatMap((pair) => rows[0].flatMap(() => pair.map((value) => 100 + value)));
    await expectBoth({ attentionMask }, expected);
  });
});

describe("weights", () => {
  test("of each head, and their mean", async () => {
    const module = averaging(2);
    const x = numbers([1, 3, 2]);
    const inputs = { causal: true, needWeights: true } as const;
    const { weights } = module.forward(x, x, x, inputs);
    const { weights: ofHeads } = module.forward(x, x, x, { ...inputs, averageWeights: false });
    const expected = [1, 0, 0, 1 / 2, 1 / 2, 0, 1 / 3, 1 / 3, 1 / 3];
    expect(weights.shape).toEqual([1, 3, 3]);
    expect(ofHeads.shape).toEqual([1, 2, 3, 3]);
    await expectClose(weights, expected);
    await expectClose(ofHeads, [...expected, ...expected]);
  });

  test("are what is left after dropout, and make the output", async () => {
    const module = averaging(1, { dropout: 0.5 });
    const x = ones([1, 8, 1]);
    const { output, weights } = module.forward(x, x, x, { needWeights: true });
    const [given, y] = [await valuesOf(weights), await valuesOf(output)];
    expect(new Set(given)).toEqual(new Set([0, 0.25]));
    y.forEach((value, query) => {
      const row = given.slice(8 * query, 8 * query + 8);
      expect(value).toBe(100 + row.reduce((total, weight) => total + weight, 0));
    });
  });
});

test("attention drops weights in training alone", async () => {
  manualSeed(1);
  const module = averaging(1, { dropout: 0.5 });
  const x = ones([4, 8, 1]);
  const run = () => valuesOf(module.forward(x, x, x));
  expect(new Set(await run()).size).toBeGreaterThan(1);
  module.eval();
  expect(await run()).toEqual(new Array(32).fill(101));
});

describe("inputs that are refused", () => {
  const module = () => new nn.MultiheadAttention(4, 2, { kdim: 6 });
  const x = () => ones([2, 3, 4]);
  const key = () => ones([2, 5, 6]);
  const value = () => ones([2, 5, 4]);
  const mask = (shape: Shape, dtype: "bool" | "i32" = "bool") => ones(shape, { dtype });
  const masked = (inputs: () => nn.AttentionMasks) => () => module().forward(x(), key(), value(), inputs());

  const faults: [name: string, run: () => unknown, error: () => Error][] = [
    [
      "a query of another width",
      () => module().forward(ones([2, 3, 5]), key(), value()),
      () => new ShapeError("MultiheadAttention: query is [2, 3, 5]; it must be [batch, queries, 4]."),
    ],
    [
      "a key of the query's width",
      () => module().forward(x(), value(), value()),
      () => new ShapeError("MultiheadAttention: key is [2, 5, 4]; it must be [batch, keys, 6]."),
    ],
    [
      "a value without a batch",
      () => module().forward(x(), key(), ones([5, 4])),
      () => new ShapeError("MultiheadAttention: value is [5, 4]; it must be [batch, keys, 4]."),
    ],
    [
      "whole numbers",
      () => module().forward(ones([2, 3, 4], { dtype: "i32" }), key(), value()),
      () => new DtypeError("MultiheadAttention: query has dtype i32; it must be f32 or f16."),
    ],
    [
      "other batches",
      () => module().forward(ones([1, 3, 4]), key(), value()),
      () =>
        new ShapeError(
          "MultiheadAttention: batches differ, query is [1, 3, 4] and key is [2, 5, 6]; the first sizes must be equal.",
        ),
    ],
    [
      "fewer values than keys",
      () => module().forward(x(), key(), ones([2, 4, 4])),
      () =>
        new ShapeError(
          "MultiheadAttention: key is [2, 5, 6] and value is [2, 4, 4]; all their sizes but the last must be equal.",
        ),
    ],
    [
      "padding of queries",
      masked(() => ({ keyPaddingMask: mask([2, 3]) })),
      () =>
        new ShapeError(
          "MultiheadAttention: keyPaddingMask is [2, 3]; it must be [batch, keys], here [2, 5].",
        ),
    ],
    [
      "padding in numbers",
      masked(() => ({ keyPaddingMask: mask([2, 5], "i32") })),
      () => new DtypeError("MultiheadAttention: keyPaddingMask has dtype i32; it must be bool."),
    ],
    [
      "a mask of another shape",
      masked(() => ({ attentionMask: mask([2, 3, 5]) })),
      () =>
        new ShapeError(
          "MultiheadAttention: attentionMask is [2, 3, 5]; it must be [queries, keys], here [3, 5], " +
            "or [batch * heads, queries, keys], here [4, 3, 5].",
        ),
    ],
    [
      "a mask of whole numbers",
      masked(() => ({ attentionMask: mask([3, 5], "i32") })),
      () => new DtypeError("MultiheadAttention: attentionMask has dtype i32; it must be bool or f32 or f16."),
    ],
  ];

  test.each(faults)("%s", (_, run, error) => {
    expect(run).toThrow(error());
  });
});
