// checkpoint on the GPU: the same losses, gradients and random numbers as without it, from plans with less memory.

import { beforeAll, describe, expect, test } from "vitest";
import {
  add,
  checkpoint,
  compile,
  dropout,
  type Engine,
  gradients,
  manualSeed,
  matmul,
  models,
  mul,
  nn,
  optim,
  relu,
  square,
  sum,
  type Tensor,
  tanh,
  tensor,
  UsageError,
  zeros,
} from "../../src/index.ts";
import { initShared } from "../setup/sharedDevice.ts";
import { allowedError } from "../setup/tolerances.ts";

const wave = (count: number, shift = 0) =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(3 * i + shift));

/** Both within the table's bar for what norms and softmax stand in the way of; equal bits on one adapter are usual. */
function expectSame(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, index) => {
    const comparison = { expected: expected[index], input: 0, magnitude: 0 };
    const bar = 4 * allowedError({ family: "normalised" }, comparison);
    expect(Math.abs(value - expected[index])).toBeLessThanOrEqual(bar);
  });
}

const listOf = async (tensors: readonly Tensor[]) =>
  (await Promise.all(tensors.map((value) => value.data()))).flatMap((data) => [...data]);

describe.each(["gpu", "fallback"] as const)("%s kernels", (profile) => {
  let engine: Engine;

  beforeAll(async () => {
    engine = await initShared({ profile });
  });

  test("a layer with dropout has the same draws, loss and gradients", async () => {
    const x = tensor(wave(16 * 24), [16, 24]);
    const layer = (w: Tensor, v: Tensor) => dropout(tanh(matmul(x, mul(w, v))), 0.5);
    const run = async (isCheckpointed: boolean) => {
      manualSeed(5);
      const w = tensor(wave(24 * 8, 1), [24, 8]);
      const v = tensor(wave(24 * 8, 2), [24, 8]);
      const step = compile(() => {
        const y = isCheckpointed ? checkpoint(layer, w, v) : layer(w, v);
        const loss = sum(square(add(y, mul(y, 0.25))));
        return [loss, ...gradients(loss, [w, v])];
      });
      const results = [await listOf(step()), await listOf(step())];
      expect(results[0]).not.toEqual(results[1]);
      return results.flat();
    };
    expectSame(await run(true), await run(false));
  });

  test("a second gradient goes through it", async () => {
    const run = async (isCheckpointed: boolean) => {
      const w = tensor(wave(6 * 6), [6, 6]);
      const body = (x: Tensor) => tanh(matmul(x, w));
      const step = compile((x: Tensor) => {
        const y = isCheckpointed ? checkpoint(body, x) : body(x);
        const [dx] = gradients(sum(square(y)), [x]);
        return gradients(sum(square(dx)), [x, w]);
      });
      return listOf(step(tensor(wave(12, 1), [2, 6])));
    };
    expectSame(await run(true), await run(false));
  });

  test("several results, in a structure, and assignments that are made once", async () => {
    const calls = tensor([0]);
    const step = compile((x: Tensor) => {
      const { left, right } = checkpoint(
        (value: Tensor, scale: number) => {
          calls.assign(add(calls, 1));
          const shared = tanh(mul(value, scale));
          return { left: [square(shared)], right: mul(shared, value) };
        },
        x,
        0.5,
      );
      return gradients(sum(mul(left[0], right)), [x])[0];
    });
    const plain = compile((x: Tensor) => {
      const shared = tanh(mul(x, 0.5));
      return gradients(sum(mul(square(shared), mul(shared, x))), [x])[0];
    });
    const x = tensor(wave(12, 1));
    expectSame(await listOf([step(x)]), await listOf([plain(x)]));
    step(x);
    expect(await listOf([calls])).toEqual([2]);
  });

  test("a model in parts trains to the same bits", async () => {
    const train = async (isCheckpointed: boolean) => {
      manualSeed(3);
      const part = () =>
        new nn.Sequential(new nn.Linear(16, 32), new nn.ReLU(), new nn.Dropout(0.2), new nn.Linear(32, 16));
      const parts = [part(), part(), part()];
      const optimizer = new optim.AdamW(
        parts.flatMap((module) => module.parameters()),
        { lr: 1e-2, maxGradNorm: 1 },
      );
      const step = compile((x: Tensor) => {
        let y = x;
        for (const module of parts)
          y = isCheckpointed ? checkpoint((v) => module.forward(v), y) : module.forward(y);
        const loss = sum(square(y));
        optimizer.step(loss);
        return loss;
      });
      const losses: number[] = [];
      for (let index = 0; index < 4; index++)
        losses.push(await step(tensor(wave(160, index), [10, 16])).item());
      return losses;
    };
    const kept = await train(false);
    expectSame(await train(true), kept);
    expect(kept[3]).toBeLessThan(kept[0]);
  });

  test("a GPT trains to the same losses", async () => {
    const train = async (checkpoint: boolean) => {
      manualSeed(2, engine);
      const config = {
        vocabularySize: 13,
        context: 32,
        layers: 3,
        heads: 2,
        width: 16,
        dropout: 0.1,
        checkpoint,
      };
      const model = new models.Gpt(config);
      const optimizer = new optim.AdamW(model.parameters(), { lr: 1e-2, maxGradNorm: 1 });
      const step = compile((tokens: Tensor, targets: Tensor) => {
        const loss = model.loss(tokens, targets);
        optimizer.step(loss);
        return loss;
      });
      const text = Int32Array.from({ length: 65 }, (_, index) => (index * index) % 13);
      const losses: number[] = [];
      for (let index = 0; index < 3; index++) {
        const loss = step(tensor(text.subarray(0, 64), [2, 32]), tensor(text.subarray(1), [2, 32]));
        losses.push(await loss.item());
      }
      return { losses, plan: step.inspect()[0].plan };
    };
    const [kept, repeated] = [await train(false), await train(true)];
    expectSame(repeated.losses, kept.losses);
    expect(kept.losses[2]).toBeLessThan(kept.losses[0]);
    expect(repeated.plan.dispatches.length).toBeGreaterThan(kept.plan.dispatches.length);
    expect(repeated.plan.submits).toEqual([0]);
  });
});

test("eight blocks of a GPT at 256 tokens need less than 60 % of the memory, with the same loss and gradients", async () => {
  await initShared();
  const text = Int32Array.from({ length: 257 }, (_, index) => (index * index) % 13);
  const run = async (checkpoint: boolean) => {
    manualSeed(2);
    const config = {
      vocabularySize: 13,
      context: 256,
      layers: 8,
      heads: 2,
      width: 32,
      dropout: 0.1,
      checkpoint,
    };
    const model = new models.Gpt(config);
    const parameters = model.parameters();
    const step = compile((tokens: Tensor, targets: Tensor) => {
      const loss = model.loss(tokens, targets);
      return [loss, ...gradients(loss, parameters)];
    });
    const values = await listOf(
      step(tensor(text.subarray(0, 256), [1, 256]), tensor(text.subarray(1), [1, 256])),
    );
    return { values, bytes: step.inspect()[0].plan.ownBytes };
  };
  const kept = await run(false);
  const repeated = await run(true);
  expectSame(repeated.values, kept.values);
  console.log(`${repeated.bytes} bytes instead of ${kept.bytes}`);
  expect(repeated.bytes).toBeLessThan(0.6 * kept.bytes);
});

test("outside of a compiled function it is a call", async () => {
  const x = tensor([-1, 2]);
  const y = checkpoint((value: Tensor, factor: number) => relu(mul(value, factor)), x, 3);
  expect(await listOf([...gradients(sum(y), [x]), y])).toEqual([0, 3, 0, 6]);
});

test.each<[string, (x: Tensor) => unknown, string]>([
  [
    "nothing",
    () => undefined,
    "checkpoint: fn returns no tensor; it must return what was computed from its inputs.",
  ],
  ["a promise", (x) => x.data(), "checkpoint: fn is asynchronous; it must be an ordinary function."],
  [
    "a map",
    () => new Map(),
    "checkpoint: a Map cannot be an argument or result of a compiled function; use tensors, numbers, strings, " +
      "booleans, and arrays or plain objects of these.",
  ],
])("fn that returns %s is refused", (_name, fn, text) => {
  expect(() => checkpoint(fn, zeros([1]))).toThrow(new UsageError(text));
});
