// A page's kept plans: there at the next load, few enough, and with the same bits as plans that are made.

import { afterEach, expect, test } from "vitest";
import {
  add,
  compile,
  getRngState,
  init,
  manualSeed,
  mseLoss,
  nn,
  openPlanCache,
  optim,
  type PlanCache,
  type Tensor,
  tensor,
} from "../../src/index.ts";

const name = "tilegrad-plans-test";

afterEach(async () => {
  // Open caches make way for it.
  await new Promise<void>((resolve) => {
    indexedDB.deleteDatabase(name).onsuccess = () => resolve();
  });
});

/** Trains a little on an engine of its own, as a page that is loaded anew does. */
async function train(planCache: PlanCache | undefined) {
  const engine = await init({ planCache });
  manualSeed(3);
  const model = new nn.Sequential(
    new nn.Linear(8, 16),
    new nn.Dropout(0.5),
    new nn.ReLU(),
    new nn.Linear(16, 4),
  );
  const optimizer = new optim.AdamW(model.parameters(), { lr: 0.01 });
  const step = compile((x: Tensor, y: Tensor) => {
    const loss = mseLoss(model.forward(x), y);
    optimizer.step(loss);
    return loss;
  });
  const x = tensor(
    Float32Array.from({ length: 48 }, (_, index) => Math.sin(index)),
    [6, 8],
  );
  const y = tensor(
    Float32Array.from({ length: 24 }, (_, index) => Math.cos(index)),
    [6, 4],
  );
  const losses = Array.from({ length: 5 }, () => step(x, y));
  const values = await Promise.all(losses.map((loss) => loss.item()));
  const [{ timings }] = step.inspect();
  const random = await getRngState();
  engine.destroy();
  return { values, random, timings };
}

/** Plans are written while the page goes on: waits until `count` are there. */
async function keptPlans(count: number): Promise<void> {
  const database = await new Promise<IDBDatabase>((resolve) => {
    const request = indexedDB.open(name, 1);
    request.onsuccess = () => resolve(request.result);
  });
  const kept = () =>
    new Promise<number>((resolve) => {
      const request = database.transaction("plans", "readonly").objectStore("plans").count();
      request.onsuccess = () => resolve(request.result);
    });
  try {
    await expect.poll(kept).toBe(count);
  } finally {
    database.close();
  }
}

test("the next load finds the plan, and computes the same bits with it", async () => {
  const plain = await train(undefined);
  const first = await train(await openPlanCache({ name, version: "1" }));
  await keptPlans(1);
  const second = await train(await openPlanCache({ name, version: "1" }));
  const other = await train(await openPlanCache({ name, version: "2" }));
  expect([first, second, other].map(({ timings }) => timings.isPlanFromCache)).toEqual([false, true, false]);
  for (const { values, random } of [first, second, other]) {
    expect(values).toEqual(plain.values);
    expect(random).toEqual(plain.random);
  }
  const { traceMs, planMs, pipelinesMs, firstRunMs } = second.timings;
  for (const timeMs of [traceMs, planMs, pipelinesMs, firstRunMs]) expect(timeMs).toBeGreaterThanOrEqual(0);
  await keptPlans(2);
});

test("the 64 newest plans are kept", async () => {
  const cache = await openPlanCache({ name, version: "1" });
  const engine = await init({ planCache: cache });
  const double = compile((x: Tensor) => add(x, x));
  for (let size = 1; size <= 66; size++) {
    await double.prepare(tensor(new Float32Array(size)));
  }
  await keptPlans(66);
  const planCache = await openPlanCache({ name, version: "1" });
  await keptPlans(64);
  engine.destroy();
  const next = await init({ planCache });
  const again = compile((x: Tensor) => add(x, x));
  await again.prepare(tensor(new Float32Array(66)));
  expect(again.inspect()[0].timings.isPlanFromCache).toBe(true);
  next.destroy();
});
