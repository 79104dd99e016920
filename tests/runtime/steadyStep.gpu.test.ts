// A replayed step: one submit, one pass, nothing made; and a thousand of them leave memory as it was.

import { expect, test } from "vitest";
import { seededRandom } from "../../src/data/seededRandom.ts";
import {
  assignAll,
  compile,
  createEngine,
  gradients,
  init,
  matmul,
  memory,
  mseLoss,
  mul,
  relu,
  sub,
  tensor,
} from "../../src/index.ts";

/** Counts calls of `names` on `target` until restored. */
function countCalls<T extends object>(target: T, names: readonly (keyof T & string)[]) {
  const counts: Record<string, number> = {};
  const originals = names.map((name) => [name, target[name]] as const);
  for (const [name, original] of originals) {
    counts[name] = 0;
    Object.assign(target, {
      [name]: (...args: unknown[]) => {
        counts[name] += 1;
        return Reflect.apply(original as (...args: unknown[]) => unknown, target, args);
      },
    });
  }
  const restore = () => {
    for (const [name, original] of originals) Object.assign(target, { [name]: original });
  };
  return { counts, restore };
}

async function trainingStep() {
  const engine = await init();
  const random = seededRandom(1, 1);
  const values = (count: number) => Float32Array.from({ length: count }, () => random() - 0.5);
  const first = tensor(values(8 * 16), [8, 16], { name: "first" });
  const second = tensor(values(16 * 4), [16, 4], { name: "second" });
  const step = compile((x: typeof first, target: typeof first) => {
    const loss = mseLoss(matmul(relu(matmul(x, first)), second), target);
    const [a, b] = gradients(loss, [first, second]);
    assignAll([
      [first, sub(first, mul(a, 0.05))],
      [second, sub(second, mul(b, 0.05))],
    ]);
    return loss;
  });
  const x = tensor(values(32 * 8), [32, 8]);
  const target = tensor(values(32 * 4), [32, 4]);
  return { engine, step, x, target };
}

test("a steady step makes one submit and no buffer, bind group or pipeline", async () => {
  const { engine, step, x, target } = await trainingStep();
  for (let i = 0; i < 3; i++) {
    const loss = step(x, target);
    await loss.item();
    loss.dispose();
  }
  const device = countCalls(engine.device, [
    "createBuffer",
    "createBindGroup",
    "createComputePipeline",
    "createComputePipelineAsync",
    "createShaderModule",
    "createCommandEncoder",
  ]);
  const queue = countCalls(engine.device.queue, ["submit", "writeBuffer"]);
  const loss = step(x, target);
  device.restore();
  queue.restore();
  expect({ ...device.counts, ...queue.counts }).toEqual({
    createBuffer: 0,
    createBindGroup: 0,
    createComputePipeline: 0,
    createComputePipelineAsync: 0,
    createShaderModule: 0,
    createCommandEncoder: 1,
    submit: 1,
    writeBuffer: 0,
  });
  expect(await loss.item()).toBeGreaterThan(0);
  engine.destroy();
});

test("1,000 steps leave live bytes and buffers as they were", async () => {
  const { engine, step, x, target } = await trainingStep();
  const once = async () => {
    const loss = step(x, target);
    const value = await loss.item();
    loss.dispose();
    return value;
  };
  const before = await once();
  await once();
  const start = memory();
  let value = before;
  for (let i = 0; i < 1000; i++) value = await once();
  const end = memory();
  expect(end.liveBytes - start.liveBytes).toBe(0);
  expect(end.liveBuffers - start.liveBuffers).toBe(0);
  expect(end.liveTensors - start.liveTensors).toBe(0);
  expect(end.pooledBytes).toBe(start.pooledBytes);
  expect(value).toBeLessThan(before);
  engine.destroy();
});

test("calls run ahead: 200 calls without a read-back keep at most three steps in flight and give the same result", async () => {
  const one = await trainingStep();
  const losses = Array.from({ length: 200 }, () => one.step(one.x, one.target));
  const ahead = await losses[199].item();
  one.engine.destroy();
  const two = await trainingStep();
  let inTurn = 0;
  for (let i = 0; i < 200; i++) inTurn = await two.step(two.x, two.target).item();
  expect(ahead).toBe(inTurn);
  two.engine.destroy();
});

test("two engines live side by side, and their tensors do not mix", async () => {
  const a = await createEngine();
  const b = await createEngine();
  const x = tensor([1, 2], [2], { engine: a });
  const y = tensor([3, 4], [2], { engine: b });
  expect(() => sub(x, y)).toThrow(
    "sub: its inputs are of two engines; move one over with tensor(await x.data(), x.shape).",
  );
  a.destroy();
  expect(Array.from(await y.data())).toEqual([3, 4]);
  b.destroy();
});
