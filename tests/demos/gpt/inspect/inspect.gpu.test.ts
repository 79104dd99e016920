// Looking into a real, small model: the answers are the model's own numbers, whatever padding and caching do.

import { beforeAll, describe, expect, test } from "vitest";
import { endInspection, inspect } from "../../../../demos/gpt/inspect/inspect.ts";
import type { InspectReply, InspectRequest } from "../../../../demos/gpt/inspect/inspectTypes.ts";
import type { Engine } from "../../../../src/api/engine.ts";
import { manualSeed } from "../../../../src/api/random.ts";
import { tensor } from "../../../../src/api/tensor.ts";
import { Gpt } from "../../../../src/models/gpt.ts";
import { mul, slice, softmax } from "../../../../src/ops/index.ts";
import { CharacterTokenizer } from "../../../../src/text/characterTokenizer.ts";
import { expectClose } from "../../../nn/layerValues.ts";
import { initShared } from "../../../setup/sharedDevice.ts";

let engine: Engine;

beforeAll(async () => {
  engine = await initShared();
});

const tokenizer = new CharacterTokenizer("abcde XY,.\n");
const { vocabularySize } = tokenizer;

function newModel(context = 16): Gpt {
  manualSeed(9, engine);
  const model = new Gpt({ vocabularySize, context, layers: 2, heads: 2, width: 16, dropout: 0.5 });
  const table = model.embeddings;
  table.assign(mul(table, 20));
  return model;
}

/** The reply, which must be of the kind that was asked for. */
async function ask<K extends InspectRequest["kind"]>(
  model: Gpt,
  request: InspectRequest & { readonly kind: K },
): Promise<InspectReply & { readonly kind: K }> {
  const reply = structuredClone(await inspect(model, tokenizer, request));
  const isWanted = (any: InspectReply): any is InspectReply & { readonly kind: K } =>
    any.kind === request.kind;
  if (!isWanted(reply)) throw new Error(reply.kind === "refused" ? reply.reason : reply.kind);
  return reply;
}

describe("next", () => {
  test("gives the model's probabilities after the text, the likeliest first", async () => {
    const model = newModel();
    const text = "ab,cab e\n";
    const reply = await ask(model, { kind: "next", text, count: 4 });
    const logits = model.eval().forward(tensor(tokenizer.encode(text), [1, text.length]));
    const last = await softmax(slice(logits, { starts: [0, text.length - 1] })).data();
    const order = Array.from(last, (_, token) => token).sort((a, b) => last[b] - last[a]);
    expect(reply.tokens.map(({ id }) => id)).toEqual(order.slice(0, 4));
    const probabilities = tensor(reply.logProbabilities.map(Math.exp), [vocabularySize]);
    await expectClose(
      probabilities,
      order.map((token) => last[token]),
    );
    expect(reply).toMatchObject({ readCount: 9, cutCount: 0 });
  });

  test("reads the end of a text that is longer than the context, and says so", async () => {
    const model = newModel();
    const end = "edcba YX,.edcbaa";
    const long = await ask(model, { kind: "next", text: `abcabca${end}` });
    const short = await ask(model, { kind: "next", text: end });
    expect(long).toEqual({ ...short, cutCount: 7 });
    expect(short.tokens).toHaveLength(vocabularySize);
  });

  test("leaves training as it was, and follows the model's weights", async () => {
    const model = newModel().train();
    const first = await ask(model, { kind: "next", text: "abc" });
    expect(model.training).toBe(true);
    expect((await ask(model, { kind: "next", text: "abc" })).logProbabilities).toEqual(
      first.logProbabilities,
    );
    const table = model.embeddings;
    table.assign(mul(table, 2));
    expect((await ask(model, { kind: "next", text: "abc" })).logProbabilities).not.toEqual(
      first.logProbabilities,
    );
  });
});

describe("attention", () => {
  test("gives the weights of all heads, as the model has them without padding", async () => {
    const model = newModel();
    const text = "a X\nbYcde";
    const reply = await ask(model, { kind: "attention", text });
    expect(reply.tokens.map((token) => token.text).join("")).toBe("a␣X↵bYcde");
    expect(reply).toMatchObject({ layers: 2, heads: 2, cutCount: 0 });
    const maps = model.eval().attentionMaps(tensor(tokenizer.encode(text), [1, text.length]));
    const wanted = await Promise.all(maps.map((map) => map.data()));
    await expectClose(
      tensor(reply.weights, [reply.weights.length]),
      wanted.flatMap((data) => [...data]),
    );
  });

  test("shows at most 64 tokens", async () => {
    const text = "abcde".repeat(20);
    const reply = await ask(newModel(128), { kind: "attention", text });
    expect(reply.tokens).toHaveLength(64);
    expect(reply.cutCount).toBe(36);
    expect(reply.weights).toHaveLength(2 * 2 * 64 * 64);
  });
});

test("embedding: every token's vector, and where it lies", async () => {
  const model = newModel();
  const reply = await ask(model, { kind: "embedding" });
  expect(reply).toMatchObject({ vocabularySize, width: 16 });
  expect(reply.tokens.map(({ kind }) => kind).slice(0, 4)).toEqual([
    "space",
    "space",
    "punctuation",
    "punctuation",
  ]);
  expect([...reply.vectors]).toEqual([...(await model.embeddings.data())]);
  expect(reply.places).toHaveLength(2 * vocabularySize);
  const [first, second] = reply.varianceShares;
  expect(first).toBeGreaterThan(second);
  expect(second).toBeGreaterThan(0);
  expect(first + second).toBeLessThan(1);
});

test("what cannot be read or is no number is refused with a reason", async () => {
  const model = newModel();
  const reasonOf = async (request: InspectRequest) => {
    const reply = await inspect(model, tokenizer, request);
    return reply.kind === "refused" ? reply.reason : reply.kind;
  };
  expect(await reasonOf({ kind: "next", text: "" })).toBe(
    "There is no text yet: type some for the model to read.",
  );
  expect(await reasonOf({ kind: "attention", text: "ab\tc?" })).toBe(
    "The model has never seen “⇥”: leave it out.",
  );
  const table = model.embeddings;
  table.assign(mul(table, Number.NaN));
  const diverged =
    "The model’s numbers have grown beyond all bounds: start again with a smaller learning rate.";
  expect(await reasonOf({ kind: "next", text: "ab" })).toBe(diverged);
  expect(await reasonOf({ kind: "attention", text: "ab" })).toBe(diverged);
  expect(await reasonOf({ kind: "embedding" })).toBe(diverged);
});

test("endInspection gives all memory back, and another look is possible", async () => {
  const model = newModel();
  // What earlier looks left behind is gone after the first.
  await ask(model, { kind: "next", text: "abc" });
  endInspection(model);
  const before = engine.memory().liveBytes;
  await ask(model, { kind: "next", text: "abc" });
  await ask(model, { kind: "attention", text: "abc" });
  expect(engine.memory().liveBytes).toBeGreaterThan(before);
  endInspection(model);
  // What other tests left behind may be collected meanwhile.
  expect(engine.memory().liveBytes).toBeLessThanOrEqual(before);
  expect((await ask(model, { kind: "next", text: "abc" })).readCount).toBe(3);
  endInspection(model);
  endInspection(model);
});
