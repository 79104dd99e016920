// A small GPT-2 against PyTorch's: twelve steps of training, and the logits of files with GPT-2's names.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import type { Engine } from "../../src/api/engine.ts";
import { gradients } from "../../src/api/grad.ts";
import type { StateEntry } from "../../src/api/loadState.ts";
import { type Tensor, tensor } from "../../src/api/tensor.ts";
import { Gpt } from "../../src/models/gpt.ts";
import { crossEntropy, reshape } from "../../src/ops/index.ts";
import * as optim from "../../src/optim/optim.ts";
import { initShared } from "../setup/sharedDevice.ts";
import { backward, expectStored, type Fixture, forward, loadFixture, type Stored } from "./fixture.ts";
import logitsFacts from "./gptLogits.json";
import training from "./gptTraining.json";
import { hashIntegers, hashNumbers } from "./hashNumbers.ts";

const { vocabularySize, context } = training.model;
const { tokens: texts } = logitsFacts;
const batch = texts.length;

/** What training starts with. */
function initialState(): Map<string, StateEntry> {
  return new Map(
    training.parameters.map(({ name, shape }, index) => {
      if (shape.length >= 2) {
        const data = hashNumbers(training.seed, index, shape, { scale: training.weightScale });
        return [name, { shape, data }];
      }
      const isGain = name.includes("ln_") && name.endsWith("weight");
      return [name, { shape, data: new Float32Array(shape[0]).fill(isGain ? 1 : 0) }];
    }),
  );
}

/** Inputs and targets of a step, each [batch, context]. */
function tokenBatch(step: number): { tokens: Tensor; targets: Tensor } {
  const { batch, tokenSeed } = training;
  const noise = hashIntegers(tokenSeed, step, [batch, context + 1], 4);
  const tokens: number[] = [];
  const targets: number[] = [];
  for (let row = 0; row < batch; row++) {
    let previous = row;
    for (let column = 0; column <= context; column++) {
      const token = (2 * previous + noise[row * (context + 1) + column]) % vocabularySize;
      if (column < context) tokens.push(token);
      if (column > 0) targets.push(token);
      previous = token;
    }
  }
  const upload = (values: number[]) => tensor(Int32Array.from(values), [batch, context]);
  return { tokens: upload(tokens), targets: upload(targets) };
}

/** The loss of a batch of logits, written out. */
function lossOfLogits(model: Gpt, tokens: Tensor, targets: Tensor): Tensor {
  const logits = reshape(model.forward(tokens), [tokens.size, vocabularySize]);
  return crossEntropy(logits, reshape(targets, [targets.size]));
}

async function train(lossOf: typeof lossOfLogits) {
  const model = new Gpt(training.model);
  model.loadStateDict(initialState());
  const parameters = model.parameters();
  const [first, second] = training.betas;
  const groups = [
    { params: parameters.filter(({ shape }) => shape.length >= 2), weightDecay: training.weightDecay },
    { params: parameters.filter(({ shape }) => shape.length < 2), weightDecay: 0 },
  ];
  const { eps, lr, maxGradNorm } = training;
  const optimizer = new optim.AdamW(groups, { lr, betas: [first, second], eps, maxGradNorm });
  const step = compile((tokens: Tensor, targets: Tensor) => {
    const loss = lossOf(model, tokens, targets);
    const { norm } = optim.clipGradNorm(gradients(loss, parameters), maxGradNorm);
    optimizer.step(loss);
    return { loss, norm };
  });
  const losses: number[] = [];
  const norms: number[] = [];
  for (let count = 0; count < training.steps; count++) {
    optimizer.lr = lr * Math.min(1, (count + 1) / training.warmupSteps);
    const { tokens, targets } = tokenBatch(count);
    const { loss, norm } = step(tokens, targets);
    losses.push(await loss.item());
    norms.push(await norm.item());
  }
  return { model, losses, norms };
}

/**
 * Parameters whose end is compared. Not the others: where a gradient is next to nothing, as that of the bias of keys, to
 * which softmax is blind, Adam makes steps of the full rate out of rounding, in PyTorch as well.
 */
const compared = /wte|ln_|mlp|attn\.c_proj/;

describe.each(["gpu", "fallback"] as const)("kernels for %s", (profile) => {
  let engine: Engine;
  let fixture: Fixture;
  let logits: Stored;

  beforeAll(async () => {
    engine = await initShared({ profile });
    fixture = await loadFixture("gptTraining");
    logits = (await loadFixture("gptLogits")).get("logits");
  });

  afterAll(() => engine.destroy());

  const ways = [
    { name: "cross-entropy of logits", lossOf: lossOfLogits },
    {
      name: "loss in parts",
      lossOf: (model: Gpt, tokens: Tensor, targets: Tensor) => model.loss(tokens, targets),
    },
  ];

  test.each(ways)("twelve steps, $name", async ({ lossOf }) => {
    const { model, losses, norms } = await train(lossOf);
    expectStored("losses", losses, whole(training.losses), forward);
    expectStored("gradient norms", norms, whole(training.gradientNorms), backward);
    for (const [path, parameter] of model.stateDict()) {
      const name = path.replace(/^transformer\./, "");
      if (compared.test(name)) expectStored(name, await parameter.data(), fixture.get(name), backward);
    }
  });

  /** PyTorch's logits of one token of each text, [batch, vocabulary]. */
  function logitsAt(position: number) {
    const { shape, data } = logits;
    const [texts, context, vocabulary] = shape;
    const rows = Array.from({ length: texts }, (_, text) => (text * context + position) * vocabulary);
    const part = rows.flatMap((at) => [...data.subarray(at, at + vocabulary)]);
    return { shape: [texts, vocabulary], data: Float64Array.from(part) };
  }

  test.each(["gptPlain", "gptPrefixed"])("logits of %s.safetensors", async (file) => {
    const weights = await loadFixture(file);
    const model = new Gpt(logitsFacts.model);
    model.loadStateDict(new Map(weights.names.map((name) => [name, weights.get(name)])));
    const all = Int32Array.from(texts.flat());
    const actual = model.eval().forward(tensor(all, [batch, logitsFacts.model.context]));
    expect(actual.shape).toEqual(logits.shape);
    expectStored("logits", await actual.data(), logits, forward);
  });

  // What stands behind the prompt does not matter: a prompt of one fills its tensor, the other does not.
  test.each([
    { prompt: 1, room: 1 },
    { prompt: 9, room: 12 },
  ])("the same logits token by token, with a cache, after a prompt of $prompt", async ({ prompt, room }) => {
    const weights = await loadFixture("gptPlain");
    const model = new Gpt(logitsFacts.model).eval();
    model.loadStateDict(new Map(weights.names.map((name) => [name, weights.get(name)])));
    const cache = model.cache(batch);
    const prefill = compile((tokens: Tensor, count: Tensor) => model.prefill(tokens, count, cache));
    const step = compile((tokens: Tensor) => model.step(tokens, cache));
    const given = texts.flatMap((row) =>
      row.slice(0, room).map((token, at) => (at < prompt ? token : 96 - at)),
    );
    const count = tensor(Int32Array.of(prompt), []);
    let next = prefill(tensor(Int32Array.from(given), [batch, room]), count);
    for (let position = prompt - 1; position < logitsFacts.model.context; position++) {
      if (position >= prompt)
        next = step(
          tensor(
            Int32Array.from(texts, (row) => row[position]),
            [batch],
          ),
        );
      expect(next.shape).toEqual([batch, logitsFacts.model.vocabularySize]);
      expectStored(`logits of token ${position}`, await next.data(), logitsAt(position), forward);
    }
    expect(await cache.length.item()).toBe(logitsFacts.model.context);
    cache.dispose();
  });
});

test("the losses go down, so that there is something to compare", () => {
  expect(training.losses.length).toBe(12);
  expect(training.losses[11]).toBeLessThan(training.losses[0] - 0.5);
});

function whole(values: readonly number[]) {
  return { shape: [values.length], data: Float64Array.from(values) };
}
