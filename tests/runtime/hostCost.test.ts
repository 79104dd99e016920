// What a replayed step costs the page's own thread, with a device that does nothing.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { compile, type Engine, init, models, optim, type Tensor, tensor } from "../../src/index.ts";
import { stubDevice } from "../setup/stubDevice.ts";

/** Collects garbage. */
function collector(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc");
}

/** A GPT's training step, of about 80 dispatches. */
async function gptStep() {
  const { device, calls } = stubDevice();
  const engine = await init({ device });
  const model = new models.Gpt({ vocabularySize: 65, context: 64, layers: 2, heads: 4, width: 64 });
  const optimizer = new optim.AdamW(model.parameters(), { lr: 1e-3, maxGradNorm: 1 });
  const step = compile((tokens: Tensor, targets: Tensor) => {
    const loss = model.loss(tokens, targets);
    optimizer.step(loss);
    return loss;
  });
  const batch = tensor(new Int32Array(8 * 64), [8, 64]);
  await step.prepare(batch, batch);
  const dispatches = step.inspect()[0].plan.dispatches.length;
  return { engine, step, batch, calls, dispatches };
}

async function callOften(engine: Engine, call: () => Tensor, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    call().dispose();
    await engine.hasRoom();
  }
}

/** Of one call, with the engine's bookkeeping until the next one can follow. */
async function medianTimeUs(engine: Engine, call: () => Tensor, times: number): Promise<number> {
  const timesUs: number[] = [];
  for (let i = 0; i < times; i++) {
    const startMs = performance.now();
    await callOften(engine, call, 1);
    timesUs.push(1000 * (performance.now() - startMs));
  }
  return timesUs.sort((a, b) => a - b)[times >> 1];
}

test("a replayed step costs at most 2 us of JavaScript per dispatch", async () => {
  const { engine, step, batch, dispatches, calls } = await gptStep();
  const before = { ...calls };
  await callOften(engine, () => step(batch, batch), 300);
  expect(calls.dispatchWorkgroups - before.dispatchWorkgroups).toBe(300 * dispatches);
  expect(calls.submit - before.submit).toBe(300);
  const medians: number[] = [];
  for (let round = 0; round < 5; round++) {
    medians.push((await medianTimeUs(engine, () => step(batch, batch), 200)) / dispatches);
  }
  expect(Math.min(...medians)).toBeLessThan(2);
  engine.destroy();
});

test("many steps in one call cost no more each than single ones", async () => {
  const { engine, step, batch, dispatches } = await gptStep();
  const batches: [Tensor, Tensor][] = Array.from({ length: 16 }, () => [batch, batch]);
  await callOften(engine, () => step.many(batches), 50);
  const timeUs = await medianTimeUs(engine, () => step.many(batches), 100);
  expect(timeUs / (16 * dispatches)).toBeLessThan(2);
  engine.destroy();
});

test("2,000 replayed steps leave the heap as it was", async () => {
  const collect = collector();
  const { engine, step, batch } = await gptStep();
  const heapAfter = async (times: number) => {
    await callOften(engine, () => step(batch, batch), times);
    for (let i = 0; i < 3; i++) {
      collect();
      // Finalizers run in a turn of their own.
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return process.memoryUsage().heapUsed;
  };
  // The engine of JavaScript keeps what it learns of the first calls.
  const sizes = [await heapAfter(4000)];
  for (let i = 0; i < 3; i++) sizes.push(await heapAfter(2000));
  const growths = sizes.slice(1).map((size, index) => (size - sizes[index]) / 2000);
  expect(Math.min(...growths)).toBeLessThan(8);
  engine.destroy();
});
