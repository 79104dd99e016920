// The Transformer's layers: names of parameters, what an element may know of, modes, and gradients. That the numbers are
// PyTorch's, tests/oracle/transformerLayers.gpu.test.ts shows.

import { beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import { gradients } from "../../src/api/grad.ts";
import { ones, type Tensor, tensor } from "../../src/api/tensor.ts";
import { UsageError } from "../../src/base/errors.ts";
import * as nn from "../../src/nn/nn.ts";
import { mul, sum } from "../../src/ops/index.ts";
import { initShared } from "../setup/sharedDevice.ts";
import { ATTENTION, bools, expectClose, keysOf, numbers, shapesOf, valuesOf } from "./layerValues.ts";

beforeAll(async () => {
  await initShared();
});

const below = (prefix: string, names: readonly string[]) => names.map((name) => `${prefix}.${name}`);
const FEED_FORWARD = ["linear1.weight", "linear1.bias", "linear2.weight", "linear2.bias"];
const norms = (count: number) =>
  Array.from({ length: count }, (_, i) => [`norm${i + 1}.weight`, `norm${i + 1}.bias`]).flat();

describe("names and shapes are PyTorch's", () => {
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

describe("modes", () => {
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

test("a layer says which of its parts refused", () => {
  const stack = new nn.TransformerEncoder([new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 8 })]);
  expect(() => stack.forward(ones([2, 3, 6]))).toThrow(
    "MultiheadAttention: query is [2, 3, 6]; it must be [batch, queries, 4].\n" +
      '  in layer "layers.0.self_attn"',
  );
});
