// What the GPT says about its inside: attention weights, and the logits after a part of the tokens.

import { beforeAll, describe, expect, test } from "vitest";
import { manualSeed } from "../../src/api/random.ts";
import { type Tensor, tensor } from "../../src/api/tensor.ts";
import { DtypeError, ShapeError } from "../../src/base/errors.ts";
import { Gpt } from "../../src/models/gpt.ts";
import type { GptConfig } from "../../src/models/gptConfig.ts";
import {
  add,
  gelu,
  layerNorm,
  matmul,
  mul,
  permute,
  reshape,
  slice,
  transpose,
} from "../../src/ops/index.ts";
import { expectClose } from "../nn/layerValues.ts";
import { initShared } from "../setup/sharedDevice.ts";

beforeAll(async () => {
  await initShared();
});

const small: GptConfig = { vocabularySize: 13, context: 16, layers: 3, heads: 2, width: 16 };
const [batch, length] = [2, 7];
const ids = Int32Array.from({ length: batch * length }, (_, index) => (index * index + 3) % 13);

/** A model whose weights are large enough that attention is far from even. */
function boldModel(change: Partial<GptConfig> = {}): Gpt {
  manualSeed(5);
  const model = new Gpt({ ...small, ...change }).eval();
  for (const [name, parameter] of model.stateDict()) {
    if (/c_attn\.weight|wte|wpe/.test(name)) parameter.assign(mul(parameter, 20));
  }
  return model;
}

/** The logits that `model` has where block `layer` mixes its values by `maps[layer]`. */
function logitsFromMaps(model: Gpt, tokens: Int32Array, maps: readonly Tensor[]): Tensor {
  const state = model.stateDict();
  const at = (name: string): Tensor => {
    const found = state.get(`transformer.${name}`);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  };
  const norm = (x: Tensor, name: string) =>
    layerNorm(x, [model.config.width], { weight: at(`${name}.weight`), bias: at(`${name}.bias`) });
  const dense = (x: Tensor, name: string) => add(matmul(x, at(`${name}.weight`)), at(`${name}.bias`));
  const { width, heads, vocabularySize } = model.config;
  const oneHot = new Float32Array(tokens.length * vocabularySize);
  tokens.forEach((token, row) => {
    oneHot[row * vocabularySize + token] = 1;
  });
  const embedded = matmul(tensor(oneHot, [batch, length, vocabularySize]), at("wte.weight"));
  let x = add(embedded, slice(at("wpe.weight"), { ends: [length] }));
  maps.forEach((weights, layer) => {
    const qkv = dense(norm(x, `h.${layer}.ln_1`), `h.${layer}.attn.c_attn`);
    const v = reshape(slice(qkv, { starts: [0, 0, 2 * width] }), [batch, length, heads, width / heads]);
    const mixed = permute(matmul(weights, permute(v, [0, 2, 1, 3])), [0, 2, 1, 3]);
    x = add(x, dense(reshape(mixed, [batch, length, width]), `h.${layer}.attn.c_proj`));
    const inner = gelu(dense(norm(x, `h.${layer}.ln_2`), `h.${layer}.mlp.c_fc`), { approximate: "tanh" });
    x = add(x, dense(inner, `h.${layer}.mlp.c_proj`));
  });
  return matmul(norm(x, "ln_f"), transpose(at("wte.weight")));
}

describe("attentionMaps", () => {
  test("a map for each layer; rows add up to 1, nothing looks ahead, and heads differ", async () => {
    const maps = boldModel().attentionMaps(tensor(ids, [batch, length]));
    expect(maps.map(({ shape }) => [...shape])).toEqual(Array(3).fill([batch, small.heads, length, length]));
    for (const map of maps) {
      const data = await map.data();
      for (let row = 0; row < batch * small.heads * length; row++) {
        const weights = [...data.subarray(row * length, (row + 1) * length)];
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
        expect(weights.slice((row % length) + 1).every((weight) => weight === 0)).toBe(true);
      }
      const head = length * length;
      expect([...data.subarray(0, head)]).not.toEqual([...data.subarray(head, 2 * head)]);
    }
  });

  test("are what forward mixes values with: the logits follow from them", async () => {
    const model = boldModel();
    const maps = model.attentionMaps(tensor(ids, [batch, length]));
    const whole = [...(await model.forward(tensor(ids, [batch, length])).data())];
    await expectClose(logitsFromMaps(model, ids, maps), whole);
    const swapped = [maps[1], maps[0], maps[2]];
    await expect(expectClose(logitsFromMaps(model, ids, swapped), whole)).rejects.toThrow();
  });

  test("one token attends to itself alone", async () => {
    const [map] = boldModel().attentionMaps(tensor(Int32Array.of(4), [1, 1]));
    expect([...(await map.data())]).toEqual([1, 1]);
  });

  test("refuses what forward refuses", () => {
    const model = boldModel();
    expect(() => model.attentionMaps(tensor(new Int32Array(17), [1, 17]))).toThrow(
      new ShapeError("Gpt: 17 tokens for a context of 16; give at most 16, the last ones of a longer text."),
    );
    expect(() => model.attentionMaps(tensor(ids, [batch * length]))).toThrow(
      new ShapeError("Gpt: tokens are [14]; they must be [batch, tokens], at least one."),
    );
    expect(() => model.attentionMaps(tensor(Float32Array.from(ids), [batch, length]))).toThrow(
      new DtypeError("Gpt: tokens have dtype f32; they must be i32 or u32."),
    );
  });
});

describe("nextLogits", () => {
  test("are forward's after the first tokens, whatever stands behind them", async () => {
    const model = boldModel();
    const whole = await model.forward(tensor(ids, [batch, length])).data();
    const { vocabularySize } = small;
    for (const count of [1, 4, length]) {
      const changed = ids.map((id, index) => (index % length < count ? id : 12));
      const next = model.nextLogits(tensor(changed, [batch, length]), tensor(Int32Array.of(count), []));
      expect([...next.shape]).toEqual([batch, vocabularySize]);
      const wanted = Array.from({ length: batch }, (_, row) => {
        const start = (row * length + count - 1) * vocabularySize;
        return [...whole.subarray(start, start + vocabularySize)];
      });
      await expectClose(next, wanted.flat());
    }
  });

  test("of one token are forward's", async () => {
    const model = boldModel();
    const token = tensor(Int32Array.of(3), [1, 1]);
    const next = await model.nextLogits(token, tensor(Int32Array.of(1), []));
    await expectClose(next, [...(await model.forward(token).data())]);
  });
});
