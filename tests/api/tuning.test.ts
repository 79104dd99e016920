// Tuning, with a device that does nothing and a clock that says what it is told: what is chosen, kept, frozen and left alone.

import { expect, test } from "vitest";
import { BackgroundTuning, tuningKey } from "../../src/api/backgroundTuning.ts";
import { tableOf } from "../../src/api/tuning.ts";
import {
  compile,
  createEngine,
  Engine,
  matmul,
  PlanCache,
  relu,
  type Tensor,
  zeros,
} from "../../src/index.ts";
import { openDevice } from "../../src/runtime/openDevice.ts";
import { Runtime } from "../../src/runtime/runtime.ts";
import type { Clock } from "../../src/runtime/tuner.ts";
import { stubDevice } from "../setup/stubDevice.ts";

const KEY = "matmul 1x64x32x32 NN quads:aby f32,f32,f32";

/** A clock by which `fastest` takes half the time of all others. */
const favouring =
  (fastest: string): Clock =>
  (_key, name, repeats) =>
    repeats * (name === fastest ? 0.5 : 1);

async function tuningEngine(store: Map<string, string>, clock: Clock, planCache?: PlanCache) {
  const stub = stubDevice();
  const runtime = new Runtime(await openDevice({ device: stub.device, profile: "fallback" }));
  const background = new BackgroundTuning(runtime, store, clock);
  const choices = tableOf(background.found, "tuned");
  return { engine: new Engine(runtime, planCache, { choices, background }), background, stub };
}

function layer(engine: Engine) {
  const w = zeros([32, 32], { engine });
  return compile((x: Tensor) => relu(matmul(x, w)));
}

/** Calls a new layer once and gives the choice in its plan. */
function choiceOf(engine: Engine) {
  const step = layer(engine);
  step(zeros([64, 32], { engine }));
  return step.inspect()[0].plan.dispatches[0].choice;
}

test("what was found is kept for the next engine; until then plans stay as they are", async () => {
  const store = new Map<string, string>();
  const first = await tuningEngine(store, favouring("4x8"));
  expect(choiceOf(first.engine)).toEqual({ key: KEY, name: "4x4", from: "default" });
  await first.background.finished();
  expect(first.engine.tuning()).toEqual({ [KEY]: "4x8" });
  expect([...store.values()]).toEqual([JSON.stringify({ [KEY]: "4x8" })]);
  expect(choiceOf(first.engine)?.from).toBe("default");
  const second = await tuningEngine(store, favouring("8x8"));
  const before = second.stub.calls.submit;
  expect(choiceOf(second.engine)).toEqual({ key: KEY, name: "4x8", from: "tuned" });
  await second.background.finished();
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(second.stub.calls.submit - before).toBe(1);
  expect(second.engine.tuning()).toEqual({ [KEY]: "4x8" });
});

test("tune() waits and lets later plans use what was found; earlier ones stay", async () => {
  const { engine } = await tuningEngine(new Map(), favouring("4x8"));
  const step = layer(engine);
  const x = zeros([64, 32], { engine });
  step(x);
  await engine.tune();
  step(x);
  expect(step.inspect()[0].plan.dispatches[0].choice?.from).toBe("default");
  step.dispose();
  step(x);
  expect(step.inspect()[0].printPlan()).toContain("matmul+relu/matmul_registers#0 (4x8, tuned)");
});

test("a default that nothing beats is kept as such and not timed again", async () => {
  const store = new Map<string, string>();
  const first = await tuningEngine(store, favouring("none"));
  choiceOf(first.engine);
  await first.engine.tune();
  expect(first.engine.tuning()).toEqual({ [KEY]: "default" });
  expect(choiceOf(first.engine)).toEqual({ key: KEY, name: "4x4", from: "default" });
  const second = await tuningEngine(store, () => {
    throw new Error("timed again");
  });
  choiceOf(second.engine);
  await second.background.finished();
  expect(second.engine.tuning()).toEqual({ [KEY]: "default" });
});

test("a class is timed once, whatever plans have it, and one plan as often as it is called", async () => {
  const keys: string[] = [];
  const { engine, background } = await tuningEngine(new Map(), (key, name, repeats) => {
    if (name === "4x4" && repeats === 1) keys.push(key);
    return repeats * 4;
  });
  const step = layer(engine);
  for (let call = 0; call < 3; call++) step(zeros([64, 32], { engine }));
  choiceOf(engine);
  step(zeros([65, 32], { engine }));
  await background.finished();
  expect(new Set(keys)).toEqual(new Set([KEY]));
  expect(keys.filter((key) => key === KEY).length).toBeLessThan(10);
});

test("a store with anything else in it counts as empty, and is written over", async () => {
  const store = new Map<string, string>();
  const { engine } = await tuningEngine(store, favouring("4x8"));
  const key = tuningKey(engine.runtime.open);
  for (const text of ["", "{", "null", "7", "[]", '["4x8"]', `{"${KEY}":8}`, `{"${KEY}":{}}`]) {
    store.set(key, text);
    const again = await tuningEngine(store, favouring("4x8"));
    expect(choiceOf(again.engine)).toEqual({ key: KEY, name: "4x4", from: "default" });
    await again.background.finished();
    expect(store.get(key)).toBe(JSON.stringify({ [KEY]: "4x8" }));
  }
});

test("a kept name that no candidate has is the default", async () => {
  const store = new Map<string, string>();
  const { engine } = await tuningEngine(store, favouring("4x8"));
  store.set(tuningKey(engine.runtime.open), JSON.stringify({ [KEY]: "3x3" }));
  const again = await tuningEngine(store, favouring("4x8"));
  expect(choiceOf(again.engine)).toEqual({ key: KEY, name: "4x4", from: "default" });
});

test("a store that is full, or cannot be read, breaks nothing", async () => {
  const store = new Map<string, string>();
  store.get = () => {
    throw new Error("locked");
  };
  store.set = () => {
    throw new Error("full");
  };
  const { engine } = await tuningEngine(store, favouring("4x8"));
  choiceOf(engine);
  await engine.tune();
  expect(engine.tuning()).toEqual({ [KEY]: "4x8" });
});

test("times are kept by adapter and kind of kernels", async () => {
  const open = await openDevice({ device: stubDevice().device });
  const { adapter, profile } = open;
  const others = [
    { adapter: { ...adapter, vendor: "maker" }, profile },
    { adapter: { ...adapter, architecture: "chip" }, profile },
    { adapter: { ...adapter, description: "driver 2" }, profile },
    { adapter, profile: { ...profile, kind: "fallback" as const } },
  ];
  const keys = [open, ...others].map(tuningKey);
  expect(new Set(keys).size).toBe(keys.length);
  expect(tuningKey({ adapter: { ...adapter }, profile: { ...profile } })).toBe(keys[0]);
});

test("frozen choices are used as they are, and nothing is timed", async () => {
  const { device, calls } = stubDevice();
  const choices = { [KEY]: "4x8", "another class": "x" };
  const engine = await createEngine({ device, profile: "fallback", tune: { choices } });
  expect(choiceOf(engine)).toEqual({ key: KEY, name: "4x8", from: "frozen" });
  expect(engine.tuning()).toEqual(choices);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(calls.submit).toBe(1);
  await expect(engine.tune()).rejects.toThrow("tune: this engine times nothing; make it with");
});

test("choices that are none are refused", async () => {
  const { device } = stubDevice();
  const wrong: unknown = { [KEY]: 8 };
  await expect(createEngine({ device, tune: { choices: wrong as Record<string, string> } })).rejects.toThrow(
    `init: tune.choices is {"${KEY}":8}; it must be an object of names, as engine.tuning() gives it.`,
  );
});

test.each([
  ["tune: false", { tune: false }],
  ["a device of the caller's", {}],
])("with %s nothing is timed or looked up", async (_, options) => {
  const { device, calls } = stubDevice();
  const engine = await createEngine({ device, profile: "fallback", ...options });
  expect(choiceOf(engine)?.from).toBe("default");
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(calls.submit).toBe(1);
  expect(engine.background).toBeUndefined();
  expect(engine.tuning()).toEqual({});
});

test("on a GPU whose device is the engine's own candidates are timed unless that is switched off", async () => {
  const { device } = stubDevice();
  const adapter = {
    features: new Set(),
    limits: {},
    info: device.adapterInfo,
    requestDevice: async () => device,
  };
  const gpu = { requestAdapter: async () => adapter } as unknown as GPU;
  const engine = await createEngine({ gpu });
  expect(engine.background).toBeDefined();
  choiceOf(engine);
  await engine.tune();
  expect(Object.keys(engine.tuning())).toEqual([KEY]);
  expect((await createEngine({ gpu, tune: false })).background).toBeUndefined();
  expect((await createEngine({ gpu, tune: { choices: {} } })).background).toBeUndefined();
});

test("tune: true and a store of one's own", async () => {
  const texts: string[] = [];
  const store = { get: () => undefined, set: (_key: string, text: string) => texts.push(text) };
  const { device, calls } = stubDevice();
  const engine = await createEngine({ device, profile: "fallback", tune: { store } });
  choiceOf(engine);
  await engine.tune();
  expect(calls.submit).toBeGreaterThan(10);
  expect(Object.keys(engine.tuning())).toEqual([KEY]);
  expect(texts).toEqual([JSON.stringify(engine.tuning())]);
  const other = await createEngine({ device, profile: "fallback", tune: true });
  expect(other.background).toBeDefined();
});

test("an engine that is destroyed stops timing", async () => {
  let timed = 0;
  const { engine, background } = await tuningEngine(new Map(), (_key, _name, repeats) => {
    timed += 1;
    if (timed === 3) engine.destroy();
    return repeats;
  });
  choiceOf(engine);
  await background.finished();
  expect(timed).toBe(3);
  expect(background.found).toEqual({});
});

test("no measurement is made while a step waits", async () => {
  const { engine, background, stub } = await tuningEngine(new Map(), (_key, _name, repeats) => {
    expect(engine.runtime.isBehind).toBe(false);
    return repeats;
  });
  // A GPU that never gets done: steps queue up behind the first ones.
  stub.device.queue.onSubmittedWorkDone = () => new Promise(() => undefined);
  const step = layer(engine);
  const x = zeros([64, 32], { engine });
  await step.prepare(x);
  for (let call = 0; call < 6; call++) step(x);
  const before = stub.calls.submit;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(engine.runtime.isBehind).toBe(true);
  expect(stub.calls.submit).toBe(before);
  background.stop();
});

test("a kept plan is used only with the choices that it was made with", async () => {
  const planCache = new PlanCache(new Map(), "1");
  const start = async (clock: Clock, store = new Map<string, string>()) => {
    const { engine } = await tuningEngine(store, clock, planCache);
    const step = layer(engine);
    step(zeros([64, 32], { engine }));
    await engine.tune();
    const [{ timings, plan }] = step.inspect();
    return { store, isFromCache: timings.isPlanFromCache, choice: plan.dispatches[0].choice };
  };
  const cold = await start(favouring("4x8"));
  expect([cold.isFromCache, cold.choice?.from]).toEqual([false, "default"]);
  const tuned = await start(favouring("4x8"), cold.store);
  expect([tuned.isFromCache, tuned.choice?.name]).toEqual([false, "4x8"]);
  const warm = await start(favouring("4x8"), cold.store);
  expect([warm.isFromCache, warm.choice]).toEqual([true, tuned.choice]);
  expect((await start(favouring("4x8"))).isFromCache).toBe(true);
});
