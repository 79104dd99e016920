// A lost device: every pending and later call fails with a DeviceError, and nothing hangs.

import { expect, test } from "vitest";
import { add, compile, createEngine, DeviceError, init, tensor } from "../../src/index.ts";

test("pending reads and later calls fail with a DeviceError that says so", async () => {
  const engine = await createEngine();
  const x = tensor([1, 2, 3], [3], { engine });
  const step = compile((y: typeof x) => add(y, 1));
  expect(Array.from(await step(x).data())).toEqual([2, 3, 4]);
  const pending = step(x).data();
  engine.device.destroy();
  await expect(pending).rejects.toThrow(DeviceError);
  await engine.device.lost;
  expect(() => step(x)).toThrow("tilegrad: the GPU device was lost");
  await expect(x.data()).rejects.toThrow(DeviceError);
  expect(() => tensor([1], [1], { engine })).toThrow(DeviceError);
});

test("an engine that was destroyed says so", async () => {
  const engine = await createEngine();
  const x = tensor([1], [1], { engine });
  engine.destroy();
  await expect(x.data()).rejects.toThrow("tilegrad: the engine was destroyed; create a new engine to go on.");
});

test("a new engine works after a lost one", async () => {
  const lost = await init();
  lost.device.destroy();
  await lost.device.lost;
  await init();
  expect(await add(tensor([1]), 1).item()).toBe(2);
});
