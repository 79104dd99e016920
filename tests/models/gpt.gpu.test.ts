// The GPT: names and shapes of GPT-2, training, and generation with a cache against generation without one.

import { beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import type { Engine } from "../../src/api/engine.ts";
import { manualSeed } from "../../src/api/random.ts";
import { type Tensor, tensor } from "../../src/api/tensor.ts";
import { UsageError } from "../../src/base/errors.ts";
import { Gpt } from "../../src/models/gpt.ts";
import { GPT2_SIZES, type GptConfig, gptParameterCount, gptShapes } from "../../src/models/gptConfig.ts";
import { type GenerateOptions, TextGenerator } from "../../src/models/textGenerator.ts";
import { argmax, slice } from "../../src/ops/index.ts";
import { AdamW, decayMatricesOnly } from "../../src/optim/optim.ts";
import { initShared } from "../setup/sharedDevice.ts";

let engine: Engine;

beforeAll(async () => {
  engine = await initShared();
});

const small: GptConfig = { vocabularySize: 13, context: 16, layers: 2, heads: 2, width: 16 };

async function collect(tokens: AsyncIterable<Int32Array>): Promise<number[]> {
  const all: number[] = [];
  for await (const batch of tokens) all.push(...batch);
  return all;
}

test("parameters are GPT-2's, by name and shape", () => {
  const model = new Gpt(small);
  const shapes = new Map([...model.stateDict()].map(([name, { shape }]) => [name, [...shape]]));
  expect(shapes).toEqual(gptShapes(small));
  expect(gptParameterCount(GPT2_SIZES["124M"])).toBe(124_439_808);
  expect(gptParameterCount(GPT2_SIZES["1558M"])).toBe(1_557_611_200);
});

test("no token sees a later one", async () => {
  manualSeed(1);
  const model = new Gpt(small).eval();
  const read = async (tokens: number[]) => [
    ...(await slice(model.forward(tensor(Int32Array.from(tokens), [1, 6])), { ends: [1, 4] }).data()),
  ];
  expect(await read([1, 2, 3, 4, 5, 6])).toEqual(await read([1, 2, 3, 4, 12, 0]));
});

test("a step of training is one submit, and the loss of a repeated pattern falls", async () => {
  manualSeed(2);
  const model = new Gpt({ ...small, dropout: 0.1 });
  const optimizer = new AdamW(decayMatricesOnly(model.parameters(), 0.1), {
    lr: 1e-2,
    betas: [0.9, 0.95],
    maxGradNorm: 1,
  });
  const step = compile((tokens: Tensor, targets: Tensor) => {
    const loss = model.loss(tokens, targets);
    optimizer.step(loss);
    return loss;
  });
  const text = Int32Array.from({ length: 4 * 17 }, (_, index) => (index % 17) % 5);
  const tokens = tensor(
    text.filter((_, index) => index % 17 < 16),
    [4, 16],
  );
  const targets = tensor(
    text.filter((_, index) => index % 17 > 0),
    [4, 16],
  );
  const first = await step(tokens, targets).item();
  for (let index = 0; index < 40; index++) step(tokens, targets).dispose();
  const last = await step(tokens, targets).item();
  expect(first).toBeGreaterThan(2);
  expect(last).toBeLessThan(0.5);
  const [{ plan }] = step.inspect();
  expect(plan.submits.length).toBe(1);
  expect(plan.dispatches.length).toBeLessThanOrEqual(80);
});

describe("generation", () => {
  /** The most likely tokens, each from a full pass over all before it. */
  async function withoutCache(model: Gpt, prompt: readonly number[], count: number): Promise<number[]> {
    const text = [...prompt];
    for (let index = 0; index < count; index++) {
      const logits = model.forward(tensor(Int32Array.from(text), [1, text.length]));
      const last = slice(logits, { starts: [0, text.length - 1] });
      text.push(await argmax(last, { axis: 2 }).item());
    }
    return text.slice(prompt.length);
  }

  test("with the cache gives the tokens that it gives without", async () => {
    manualSeed(3);
    const model = new Gpt(small).eval();
    const generator = new TextGenerator(model);
    for (const prompt of [[5], [1, 2, 3], [12, 0, 7, 7, 3, 9, 1, 4, 4]]) {
      const maxTokens = small.context + 1 - prompt.length;
      const options: GenerateOptions = { maxTokens, temperature: 0, readEvery: 3 };
      expect(await collect(generator.generate(prompt, options))).toEqual(
        await withoutCache(model, prompt, maxTokens),
      );
    }
  });

  test("goes on when the context is full", async () => {
    manualSeed(3);
    const model = new Gpt(small).eval();
    const generator = new TextGenerator(model);
    const text = await collect(generator.generate([5], { maxTokens: 30, temperature: 0 }));
    expect(text.length).toBe(30);
    const seen = [5, ...text.slice(0, 16)];
    expect(text.slice(16, 20)).toEqual(await withoutCache(model, seen.slice(-8), 4));
  });

  test("stops at a token, at a length, and when it is aborted", async () => {
    manualSeed(4);
    const generator = new TextGenerator(new Gpt(small).eval());
    const greedy = await collect(generator.generate([1], { maxTokens: 9, temperature: 0 }));
    expect(greedy.length).toBe(9);
    const stop = greedy[5];
    const stopped = await collect(
      generator.generate([1], { maxTokens: 9, temperature: 0, stopTokens: [stop] }),
    );
    expect(stopped).toEqual(greedy.slice(0, greedy.indexOf(stop)));
    const ending = new AbortController();
    const seen: number[] = [];
    const run = async () => {
      for await (const batch of generator.generate([1], { maxTokens: 1000, signal: ending.signal })) {
        seen.push(...batch);
        if (seen.length > 20) ending.abort(new Error("enough"));
      }
    };
    await expect(run()).rejects.toThrow("enough");
    expect(await collect(generator.generate([1], { maxTokens: 2 }))).toHaveLength(2);
  });

  test("the same seed draws the same text; a penalty and top-k count", async () => {
    const model = new Gpt(small).eval();
    const generator = new TextGenerator(model);
    const draw = (options: GenerateOptions) => {
      manualSeed(7);
      return collect(generator.generate([1, 2], { maxTokens: 12, ...options }));
    };
    expect(await draw({})).toEqual(await draw({}));
    expect(await draw({ topK: 1 })).toEqual(await draw({ temperature: 0 }));
    const distinct = await draw({ temperature: 0, repetitionPenalty: 1e9, maxTokens: 8 });
    expect(new Set(distinct).size).toBe(8);
  });

  test("a steady token makes no buffer, bind group or pipeline", async () => {
    const generator = new TextGenerator(new Gpt(small).eval());
    // The first time plans are still being compiled, so that fewer reads are on their way at once than later.
    for (let time = 0; time < 2; time++) await collect(generator.generate([1], { maxTokens: 12 }));
    const made: string[] = [];
    const { device } = engine;
    const names = [
      "createBuffer",
      "createBindGroup",
      "createComputePipeline",
      "createComputePipelineAsync",
    ] as const;
    const originals = names.map((name) => device[name]);
    for (const name of names) {
      const original = device[name].bind(device) as (descriptor: never) => never;
      device[name] = ((descriptor: never) => {
        made.push(name);
        return original(descriptor);
      }) as never;
    }
    await collect(generator.generate([2], { maxTokens: 12 }));
    names.forEach((name, index) => {
      device[name] = originals[index] as never;
    });
    expect(made).toEqual([]);
  });

  test.each<[string, number[], GenerateOptions, string]>([
    ["empty", [], {}, "generate: the prompt is empty; it must have at least one token."],
    [
      "too long",
      new Array<number>(17).fill(1),
      {},
      "generate: the prompt has 17 tokens for a context of 16; give at most 16, the last ones of a longer text.",
    ],
    [
      "of other tokens",
      [1, 13],
      {},
      "generate: token 1 of the prompt is 13; it must be a whole number from 0 to 12.",
    ],
    ["with topK 0", [1], { topK: 0 }, "generate: topK is 0; it must be a whole number from 1."],
    ["with topP 2", [1], { topP: 2 }, "generate: topP is 2; it must be above 0 and at most 1."],
    [
      "with a temperature below 0",
      [1],
      { temperature: -1 },
      "generate: temperature is -1; it must be a number from 0.",
    ],
  ])("a prompt that is %s is refused", async (_name, prompt, options, text) => {
    const generator = new TextGenerator(new Gpt(small));
    await expect(collect(generator.generate(prompt, options))).rejects.toThrow(new UsageError(text));
  });
});

test.each<[string, Partial<GptConfig>, string]>([
  [
    "a width that heads cannot share",
    { width: 15 },
    "Gpt: width is 15, which 2 heads cannot share; it must be a multiple of heads.",
  ],
  ["no layer", { layers: 0 }, "Gpt: layers is 0; it must be a whole number of at least 1."],
  ["a dropout of 1", { dropout: 1 }, "Gpt: dropout is 1; it must be at least 0 and below 1."],
  [
    "heads too wide",
    { width: 600 },
    "Gpt: width 600 by 2 heads is 300 for each head; it must be at most 256.",
  ],
])("%s is refused", (_name, change, text) => {
  expect(() => new Gpt({ ...small, ...change })).toThrow(new UsageError(text));
});

test("more tokens than the context are refused, and the state of another model is, with names and shapes", () => {
  const model = new Gpt(small);
  expect(() => model.forward(tensor(new Int32Array(17), [1, 17]))).toThrow(
    "Gpt: 17 tokens for a context of 16; give at most 16, the last ones of a longer text.",
  );
  const other = new Gpt({ ...small, layers: 1 });
  expect(() => model.loadStateDict(other.stateDict())).toThrow(/transformer\.h\.1\.ln_1\.weight/);
  const wide = new Gpt({ ...small, vocabularySize: 14 });
  expect(() => model.loadStateDict(wide.stateDict())).toThrow(/transformer\.wte\.weight is \[14, 16\]/);
});
