// Attention and the Transformer's layers: names and first values of parameters, what masks hide, modes, and gradients.
// That the numbers are PyTorch's, tests/oracle/transformerLayers.gpu.test.ts shows.

import { beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import { init } from "../../src/api/engine.ts";
import { gradients } from "../../src/api/grad.ts";
import { manualSeed } from "../../src/api/random.ts";
import { ones, type Tensor, tensor } from "../../src/api/tensor.ts";
import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import * as nn from "../../src/nn/nn.ts";
import { mul, sum } from "../../src/ops/index.ts";
import { elementCount, type Shape } from "../../src/tensor/shape.ts";
import { allowedError } from "../setup/tolerances.ts";

beforeAll(async () => {
  await init();
});

const keysOf = (module: nn.AnyModule) => [...module.stateDict().keys()];
const below = (prefix: string, names: readonly string[]) => names.map((name) => `${prefix}.${name}`);
const valuesOf = async (x: Tensor) => [...(await x.data())];

/** Numbers without a pattern, in [-1, 1]. */
function numbers(shape: Shape, seed = 0): Tensor {
  const data = Float32Array.from({ length: elementCount(shape) }, (_, i) =>
    Math.sin(12.9898 * (i + 1) + 78 * seed),
  );
  return tensor(data, shape);
}

function bools(rows: readonly (readonly number[])[]): Tensor {
  return tensor(Uint8Array.from(rows.flat()), [rows.length, rows[0].length], { dtype: "bool" });
}

/** The bar for softmax and what is made of it. */
async function expectClose(actual: Tensor, expected: readonly number[]): Promise<void> {
  const values = await valuesOf(actual);
  expect(values.length).toBe(expected.length);
  expected.forEach((value, index) => {
    const bar = allowedError(
      { family: "normalised" },
      { expected: value, input: value, magnitude: Math.abs(value) },
    );
    expect(Math.abs(values[index] - value), `element ${index} is ${values[index]}`).toBeLessThanOrEqual(bar);
  });
}

const ATTENTION = ["in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"];
const FEED_FORWARD = ["linear1.weight", "linear1.bias", "linear2.weight", "linear2.bias"];
const norms = (count: number) =>
  Array.from({ length: count }, (_, i) => [`norm${i + 1}.weight`, `norm${i + 1}.bias`]).flat();

describe("names and shapes are PyTorch's", () => {
  const shapesOf = (module: nn.AnyModule) =>
    Object.fromEntries([...module.stateDict()].map(([name, { shape }]) => [name, shape]));

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

  test("TransformerEncoderLayer", () => {
    const layer = new nn.TransformerEncoderLayer(4, 2);
    expect(keysOf(layer)).toEqual([...below("self_attn", ATTENTION), ...FEED_FORWARD, ...norms(2)]);
    expect(shapesOf(layer)).toMatchObject({ "linear1.weight": [2048, 4], "linear2.weight": [4, 2048] });
    const unbiased = new nn.TransformerEncoderLayer(4, 2, { bias: false, dimFeedforward: 3 });
    expect(keysOf(unbiased)).toEqual([
      "self_attn.in_proj_weight",
      "self_attn.out_proj.weight",
      "linear1.weight",
      "linear2.weight",
      "norm1.weight",
      "norm2.weight",
    ]);
  });

  test("TransformerDecoderLayer", () => {
    expect(keysOf(new nn.TransformerDecoderLayer(4, 2, { dimFeedforward: 3 }))).toEqual([
      ...below("self_attn", ATTENTION),
      ...below("multihead_attn", ATTENTION),
      ...FEED_FORWARD,
      ...norms(3),
    ]);
  });

  test("TransformerEncoder", () => {
    const make = () => new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 3 });
    const own = keysOf(make());
    const both = [...below("layers.0", own), ...below("layers.1", own)];
    const norm = new nn.LayerNorm(4);
    expect(keysOf(new nn.TransformerEncoder(make, { numLayers: 2, norm }))).toEqual([
      ...both,
      "norm.weight",
      "norm.bias",
    ]);
    expect(keysOf(new nn.TransformerEncoder([make(), make()]))).toEqual(both);
    expect(() => new nn.TransformerEncoder([make()], { numLayers: 2 })).toThrow(
      new UsageError("TransformerEncoder: numLayers is 2 for a list of 1; leave it out for a list."),
    );
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
    const [own] = [x()];
    const plain = module.forward(own, own, own, { ...inputs, needWeights: false });
    const { output } = module.forward(own, own, own, { ...inputs, needWeights: true });
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

describe("modes", () => {
  test("attention drops weights in training alone", async () => {
    manualSeed(1);
    const module = averaging(1, { dropout: 0.5 });
    const x = ones([4, 8, 1]);
    const run = () => valuesOf(module.forward(x, x, x));
    expect(new Set(await run()).size).toBeGreaterThan(1);
    module.eval();
    expect(await run()).toEqual(new Array(32).fill(101));
  });

  test.each(["encoder", "decoder"])("the %s layer draws in training and not in evaluation", async (kind) => {
    const options = { dimFeedforward: 8, dropout: 0.3 };
    const x = numbers([2, 4, 4]);
    const encoder = new nn.TransformerEncoderLayer(4, 2, options);
    const decoder = new nn.TransformerDecoderLayer(4, 2, options);
    const layer = kind === "encoder" ? encoder : decoder;
    const run = () => valuesOf(kind === "encoder" ? encoder.forward(x) : decoder.forward(x, x));
    expect(await run()).not.toEqual(await run());
    layer.eval();
    expect(await run()).toEqual(await run());
  });

  test("dropout is in every place where PyTorch has it", () => {
    const rates = (module: nn.AnyModule) =>
      module.modules().flatMap((part) => (part instanceof nn.Dropout ? [part.p] : []));
    const attention = (module: nn.AnyModule) =>
      module.modules().flatMap((part) => (part instanceof nn.MultiheadAttention ? [part.dropout] : []));
    const encoder = new nn.TransformerEncoderLayer(4, 2);
    expect([rates(encoder), attention(encoder)]).toEqual([[0.1, 0.1], [0.1]]);
    const decoder = new nn.TransformerDecoderLayer(4, 2, { dropout: 0.25 });
    expect([rates(decoder), attention(decoder)]).toEqual([
      [0.25, 0.25],
      [0.25, 0.25],
    ]);
  });
});

/** x [1, length, 4] with other numbers at `position`. */
async function changedAt(x: Tensor, position: number): Promise<Tensor> {
  const values = await valuesOf(x);
  for (let i = 0; i < 4; i++) values[4 * position + i] += 1 + i;
  return tensor(Float32Array.from(values), x.shape);
}

/** Which positions of y and z [1, length, 4] differ. */
async function changedPositions(y: Tensor, z: Tensor): Promise<number[]> {
  const [first, second] = [await valuesOf(y), await valuesOf(z)];
  const positions = Array.from({ length: first.length / 4 }, (_, position) => position);
  return positions.filter((position) =>
    [0, 1, 2, 3].some((i) => first[4 * position + i] !== second[4 * position + i]),
  );
}

describe.each([false, true])("what a layer may know of, normFirst %s", (normFirst) => {
  const options = { dimFeedforward: 8, normFirst };
  const encoder = () =>
    new nn.TransformerEncoder(() => new nn.TransformerEncoderLayer(4, 2, options), { numLayers: 2 }).eval();
  const all = [0, 1, 2, 3, 4];

  test("a later element changes no earlier result of a causal encoder, and all of another", async () => {
    const model = encoder();
    const x = numbers([1, 5, 4]);
    const other = await changedAt(x, 3);
    const compare = (causal: boolean) =>
      changedPositions(model.forward(x, { causal }), model.forward(other, { causal }));
    expect(await compare(true)).toEqual([3, 4]);
    expect(await compare(false)).toEqual(all);
  });

  test("padding changes its own result alone", async () => {
    const model = encoder();
    const x = numbers([1, 5, 4]);
    const other = await changedAt(x, 3);
    const keyPaddingMask = bools([[0, 0, 0, 1, 0]]);
    expect(
      await changedPositions(model.forward(x, { keyPaddingMask }), model.forward(other, { keyPaddingMask })),
    ).toEqual([3]);
  });

  test("a decoder's targets see earlier ones, and the memory that is not hidden", async () => {
    const model = new nn.TransformerDecoderLayer(4, 2, options).eval();
    const [target, memory] = [numbers([1, 5, 4]), numbers([1, 3, 4], 1)];
    const otherTarget = await changedAt(target, 2);
    const otherMemory = await changedAt(memory, 1);
    const y = (inputs: nn.TransformerDecoderInputs, from = target, about = memory) =>
      model.forward(from, about, inputs);
    const changes = async (inputs: nn.TransformerDecoderInputs) => [
      await changedPositions(y(inputs), y(inputs, otherTarget)),
      await changedPositions(y(inputs), y(inputs, target, otherMemory)),
    ];
    expect(await changes({})).toEqual([all, all]);
    expect(await changes({ causal: true })).toEqual([[2, 3, 4], all]);
    expect(await changes({ memoryKeyPaddingMask: bools([[0, 1, 0]]) })).toEqual([all, []]);
    expect(await changes({ targetKeyPaddingMask: bools([[0, 0, 1, 0, 0]]) })).toEqual([[2], all]);
    const targetMask = bools(all.map((query) => all.map((key) => Number(key === 2 && query < 4))));
    const memoryMask = bools(all.map((query) => [0, Number(query > 0), 0]));
    expect(await changes({ targetMask, memoryMask })).toEqual([[2, 4], [0]]);
  });

  test("every parameter learns, also in a compiled step", async () => {
    const model = new nn.TransformerDecoderLayer(4, 2, options);
    const source = new nn.TransformerEncoderLayer(4, 2, options);
    const parameters = [...source.parameters(), ...model.parameters()];
    const dy = numbers([2, 3, 4], 7);
    const step = compile((x: Tensor, target: Tensor) => {
      const y = model.forward(target, source.forward(x), { causal: true });
      return gradients(sum(mul(y, dy)), parameters);
    });
    const found = step(numbers([2, 5, 4]), numbers([2, 3, 4], 2));
    for (const [index, gradient] of found.entries()) {
      const values = await valuesOf(gradient);
      const name = parameters[index].name;
      expect(values.every(Number.isFinite), `${name} is finite`).toBe(true);
      expect(
        values.some((value) => Math.abs(value) > 1e-4),
        `${name} is not 0`,
      ).toBe(true);
    }
    step.dispose();
  });
});

test("norms first, a layer whose parts give 0 gives what it got; norms last, that normalised", async () => {
  const x = tensor([[[1, -1]]]);
  for (const normFirst of [true, false]) {
    const layer = new nn.TransformerEncoderLayer(2, 1, {
      normFirst,
      dimFeedforward: 2,
      layerNormEps: 3,
    }).eval();
    for (const [name, value] of layer.stateDict())
      if (/^(self_attn.out_proj|linear2)/.test(name)) value.write(new Float32Array(value.size));
    // 1 / sqrt(1 + 3), and that normalised again.
    const expected = normFirst ? 1 : 0.5 / Math.sqrt(0.25 + 3);
    await expectClose(layer.forward(x), [expected, -expected]);
  }
});

test("an encoder is its layers one after the other, then the norm", async () => {
  const layers = [0, 1].map(() => new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 8 }));
  const norm = new nn.LayerNorm(4, { eps: 1 });
  const model = new nn.TransformerEncoder(layers, { norm }).eval();
  const x = numbers([2, 3, 4]);
  const [first, second] = layers;
  const expected = norm.forward(second.forward(first.forward(x, { causal: true }), { causal: true }));
  await expectClose(model.forward(x, { causal: true }), await valuesOf(expected));
  const copy = new nn.TransformerEncoder(() => new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 8 }), {
    numLayers: 2,
    norm: new nn.LayerNorm(4, { eps: 1 }),
  }).eval();
  copy.loadStateDict(model.stateDict());
  expect(await valuesOf(copy.forward(x))).toEqual(await valuesOf(model.forward(x)));
});

describe("inputs that are refused", () => {
  const module = () => new nn.MultiheadAttention(4, 2, { kdim: 6 });
  const x = () => ones([2, 3, 4]);
  const key = () => ones([2, 5, 6]);
  const value = () => ones([2, 5, 4]);
  const mask = (shape: Shape, dtype: "bool" | "i32" = "bool") => ones(shape, { dtype });
  const masked = (inputs: nn.MultiheadAttentionInputs) => () =>
    module().forward(x(), key(), value(), { ...inputs, needWeights: false });

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
      masked({ keyPaddingMask: mask([2, 3]) }),
      () =>
        new ShapeError(
          "MultiheadAttention: keyPaddingMask is [2, 3]; it must be [batch, keys], here [2, 5].",
        ),
    ],
    [
      "padding in numbers",
      masked({ keyPaddingMask: mask([2, 5], "i32") }),
      () => new DtypeError("MultiheadAttention: keyPaddingMask has dtype i32; it must be bool."),
    ],
    [
      "a mask of another shape",
      masked({ attentionMask: mask([2, 3, 5]) }),
      () =>
        new ShapeError(
          "MultiheadAttention: attentionMask is [2, 3, 5]; it must be [queries, keys], here [3, 5], " +
            "or [batch * heads, queries, keys], here [4, 3, 5].",
        ),
    ],
    [
      "a mask of whole numbers",
      masked({ attentionMask: mask([3, 5], "i32") }),
      () => new DtypeError("MultiheadAttention: attentionMask has dtype i32; it must be bool or f32 or f16."),
    ],
  ];

  test.each(faults)("%s", (_, run, error) => {
    expect(run).toThrow(error());
  });

  test("a layer says which of its parts refused", () => {
    const stack = new nn.TransformerEncoder([new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 8 })]);
    expect(() => stack.forward(ones([2, 3, 6]))).toThrow(
      "MultiheadAttention: query is [2, 3, 6]; it must be [batch, queries, 4].\n" +
        '  in layer "layers.0.self_attn"',
    );
  });
});
