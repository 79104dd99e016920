// many: several steps in one call give, bit for bit, what as many calls do, in one submit.

import { expect, test } from "vitest";
import { seededRandom } from "../../src/data/seededRandom.ts";
import {
  add,
  cast,
  compile,
  createEngine,
  DeviceError,
  dropout,
  getRngState,
  init,
  less,
  manualSeed,
  matmul,
  mseLoss,
  mul,
  nn,
  optim,
  profile,
  slice,
  sum,
  type Tensor,
  tensor,
} from "../../src/index.ts";

function batches(count: number, rows = 12): [x: Tensor, y: Tensor][] {
  const random = seededRandom(3, 3);
  const values = (size: number) => Float32Array.from({ length: size }, () => random() - 0.5);
  return Array.from({ length: count }, () => [
    tensor(values(rows * 8), [rows, 8]),
    tensor(values(rows * 4), [rows, 4]),
  ]);
}

/** A network with dropout and running statistics, trained by AdamW: all that a step can change. */
async function training() {
  const engine = await init();
  manualSeed(5);
  const model = new nn.Sequential(
    new nn.Linear(8, 16),
    new nn.BatchNorm1d(16),
    new nn.ReLU(),
    new nn.Linear(16, 4),
  );
  const optimizer = new optim.AdamW(model.parameters(), { lr: 0.02, maxGradNorm: 1 });
  const step = compile((x: Tensor, y: Tensor) => {
    const outputs = model.forward(dropout(x, 0.25));
    const loss = mseLoss(outputs, y);
    optimizer.step(loss);
    return { loss, sums: [sum(outputs, { axis: 1 })], epoch: 7 };
  });
  const state = async () => {
    const tensors = [...model.stateDict().values(), ...optimizer.stateDict().values()];
    const values = await Promise.all(tensors.map(async (value) => Array.from(await value.data())));
    return { values, random: await getRngState() };
  };
  return { engine, step, state };
}

test.each([1, 5])("%i steps in one call are, bit for bit, as many calls", async (count) => {
  const one = await training();
  const losses: number[] = [];
  const sums: number[] = [];
  for (const [x, y] of batches(count)) {
    const result = one.step(x, y);
    losses.push(await result.loss.item());
    sums.push(...(await result.sums[0].data()));
  }
  const expected = await one.state();
  one.engine.destroy();

  const all = await training();
  const data = batches(count);
  await all.step.prepare(...data[0]);
  const before = all.engine.runtime.submits;
  const result = all.step.many(data);
  expect(all.engine.runtime.submits - before).toBe(1);
  expect(result.loss.shape).toEqual([count]);
  expect(result.sums[0].shape).toEqual([count, 12]);
  expect(result.epoch).toBe(7);
  expect(Array.from(await result.loss.data())).toEqual(losses);
  expect(Array.from(await result.sums[0].data())).toEqual(sums);
  expect(await all.state()).toEqual(expected);
  expect(all.step.inspect().length).toBe(1);
  all.engine.destroy();
});

test("calls of many steps follow each other, and single calls, as they are made", async () => {
  const one = await training();
  const data = batches(9);
  const losses = data.map((batch) => one.step(...batch).loss);
  const expected = await Promise.all(losses.map((loss) => loss.item()));
  one.engine.destroy();

  const mixed = await training();
  const again = batches(9);
  const first = mixed.step.many(again.slice(0, 4)).loss;
  const single = mixed.step(...again[4]).loss;
  const rest = mixed.step.many(again.slice(5)).loss;
  expect([...(await first.data()), await single.item(), ...(await rest.data())]).toEqual(expected);
  mixed.engine.destroy();
});

test("results of every kind stand one behind the other", async () => {
  const engine = await init();
  const half = engine.deviceProfile.hasF16 ? "f16" : "f32";
  const every = compile((x: Tensor, offset: number) => ({
    argument: x,
    isSmall: less(x, offset),
    odd: cast(slice(add(x, offset), { starts: [0], ends: [3] }), half),
    one: cast(sum(x), half),
    none: slice(x, { starts: [2], ends: [2] }),
    whole: cast(mul(x, 2), "i32"),
  }));
  const result = every.many([
    [tensor([1, 2, 3, 4, 5]), 3],
    [tensor([5, 4, 3, 2, 1]), 3],
    [tensor([0, 0, 1, 0, 0]), 3],
  ]);
  const read = async (value: Tensor) => [value.dtype, value.shape, Array.from(await value.data())];
  expect(await read(result.argument)).toEqual(["f32", [3, 5], [1, 2, 3, 4, 5, 5, 4, 3, 2, 1, 0, 0, 1, 0, 0]]);
  expect(await read(result.isSmall)).toEqual(["bool", [3, 5], [1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1]]);
  expect(await read(result.odd)).toEqual([half, [3, 3], [4, 5, 6, 8, 7, 6, 3, 3, 4]]);
  expect(await read(result.one)).toEqual([half, [3], [15, 15, 1]]);
  expect(await read(result.none)).toEqual(["f32", [3, 0], []]);
  expect(await read(result.whole)).toEqual(["i32", [3, 5], [2, 4, 6, 8, 10, 10, 8, 6, 4, 2, 0, 0, 2, 0, 0]]);
  expect(await sum(result.one).item()).toBe(31);
  engine.destroy();
});

test("many long steps are cut into submits as one long step is, and compute the same", async () => {
  const engine = await init({ profile: "fallback" });
  const size = 256; // 34 ms of 2 s, at the pace that a software adapter is expected to keep
  const w = tensor(
    Float32Array.from({ length: size * size }, (_, index) => ((index * 7) % 13) / 1000),
    [size, size],
  );
  const step = compile((x: Tensor) => {
    const product = matmul(x, w);
    w.assign(add(w, mul(product, 1e-3)));
    return sum(product);
  });
  const x = tensor(new Float32Array(size * size).fill(0.01), [size, size]);
  await step.prepare(x);
  const values = await w.data();
  const singles: number[] = [];
  for (let i = 0; i < 70; i++) singles.push(await step(x).item());
  w.write(values);
  const before = engine.runtime.submits;
  const together = step.many(Array.from({ length: 70 }, () => [x] as const));
  expect(engine.runtime.submits - before).toBe(2);
  expect(Array.from(await together.data())).toEqual(singles);
  engine.destroy();
});

test("a profile has every dispatch of every step", async () => {
  const { engine, step } = await training();
  const data = batches(3);
  await step.prepare(...data[0]);
  const { dispatches } = step.inspect()[0].plan;
  const entries = await profile(async () => {
    await step.many(data).loss.data();
  });
  const labels = dispatches.map(({ label }) => label);
  expect(entries.map(({ label }) => label)).toEqual([...labels, ...labels, ...labels]);
  engine.destroy();
});

test("1,000 steps in 100 calls leave live bytes and buffers as they were", async () => {
  const { engine, step } = await training();
  const data = batches(10);
  const once = async () => {
    const { loss, sums } = step.many(data);
    const values = await loss.data();
    for (const result of [loss, ...sums]) result.dispose();
    return values[9];
  };
  const first = await once();
  await once();
  const { liveBytes, liveBuffers, liveTensors, pooledBytes } = engine.memory();
  let last = first;
  for (let i = 0; i < 100; i++) last = await once();
  expect(engine.memory()).toMatchObject({ liveBytes, liveBuffers, liveTensors, pooledBytes });
  expect(last).toBeLessThan(first);
  engine.destroy();
});

test("no batches, and batches that are unlike, are refused before anything runs", async () => {
  const { engine, step } = await training();
  const [first, second] = batches(2);
  const [[wide]] = batches(1, 16);
  expect(() => step.many([])).toThrow("many: there is no batch; give the arguments of one call at least.");
  expect(() => step.many([first, second, [wide, second[1]]])).toThrow(
    "many: batches[2].0 is f32[16,8] and not f32[12,8] as in batches[0]; all batches must have the same structure, " +
      "shapes, dtypes and other values.",
  );
  const scaled = compile(({ x, by }: { x: Tensor; by?: number }) => mul(x, by ?? 1));
  const [x] = first;
  expect(() => scaled.many([[{ x, by: 2 }], [{ x, by: 3 }]])).toThrow(
    "many: batches[1].0.by is <number:3> and not <number:2> as in batches[0];",
  );
  expect(() => scaled.many([[{ x, by: 2 }], [{ x }]])).toThrow(
    'many: batches[1].0 is {"x"f32[12,8]} and not {"x"f32[12,8]"by"<number:2>} as in batches[0];',
  );
  const outer = compile((y: Tensor) => scaled.many([[{ x: y }]]));
  expect(() => outer(x)).toThrow(
    "many: a compiled function is being traced; call the function by itself there, once for each batch.",
  );
  expect(step.inspect()).toEqual([]);
  engine.destroy();
});

test("on a lost device it fails as a call does", async () => {
  const engine = await createEngine();
  const x = tensor([1, 2, 3], [3], { engine });
  const step = compile((y: Tensor) => add(y, 1));
  expect(Array.from(await step.many([[x], [x]]).data())).toEqual([2, 3, 4, 2, 3, 4]);
  const pending = step.many([[x], [x]]).data();
  engine.device.destroy();
  await expect(pending).rejects.toThrow(DeviceError);
  await engine.device.lost;
  expect(() => step.many([[x]])).toThrow("tilegrad: the GPU device was lost");
});
