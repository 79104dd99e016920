// Tuning on a device: results stay right whatever is chosen, and nothing depends on its coming to an end.

import { expect, test } from "vitest";
import { BackgroundTuning } from "../../src/api/backgroundTuning.ts";
import { tableOf } from "../../src/api/tuning.ts";
import { compileGraph } from "../../src/compile/compileGraph.ts";
import { trialsOf } from "../../src/compile/trials.ts";
import {
  assignAll,
  compile,
  conv2d,
  createEngine,
  crossEntropy,
  Engine,
  gradients,
  layerNorm,
  matmul,
  mul,
  relu,
  reshape,
  softmax,
  sub,
  sum,
  type Tensor,
  tensor,
} from "../../src/index.ts";
import type { DeviceProfile } from "../../src/kernels/kernel.ts";
import { openDevice } from "../../src/runtime/openDevice.ts";
import { Runtime } from "../../src/runtime/runtime.ts";
import type { Clock } from "../../src/runtime/tuner.ts";
import { allowedError } from "../setup/tolerances.ts";

async function tuningEngine(store: Map<string, string>, clock?: Clock) {
  const runtime = new Runtime(await openDevice({ profile: "fallback" }));
  const background = new BackgroundTuning(runtime, store, clock);
  const choices = tableOf(background.found, "tuned");
  return { engine: new Engine(runtime, undefined, { choices, background }), background };
}

/** Whole numbers from -3 to 3, whose products and sums are exact in f32. */
function wholeNumbers(engine: Engine, shape: readonly number[]): Tensor {
  const count = shape.reduce((a, b) => a * b, 1);
  return tensor(
    Float32Array.from({ length: count }, (_, i) => ((i * 37) % 7) - 3),
    shape,
    { engine },
  );
}

function product(engine: Engine) {
  return compile((x: Tensor, w: Tensor) => matmul(x, w), { engine });
}

test("the winner computes the next plan, and gives the same values", async () => {
  const store = new Map<string, string>();
  const run = async (engine: Engine) => {
    const step = product(engine);
    const y = step(wholeNumbers(engine, [67, 45]), wholeNumbers(engine, [45, 83]));
    const values = Array.from(await y.data());
    return { values, choice: step.inspect()[0].plan.dispatches[0].choice };
  };
  const first = await tuningEngine(store, (_key, name, repeats) => repeats * (name === "4x4" ? 1 : 2));
  const usual = await run(first.engine);
  expect(usual.choice?.from).toBe("default");
  expect(usual.choice?.name).not.toBe("4x4");
  await first.engine.tune();
  const tuned = await run(first.engine);
  const second = await tuningEngine(store);
  const kept = await run(second.engine);
  for (const { choice, values } of [tuned, kept]) {
    expect(choice).toEqual({ key: usual.choice?.key, name: "4x4", from: "tuned" });
    expect(values).toEqual(usual.values);
  }
  first.engine.destroy();
  second.engine.destroy();
});

test("by the device's own clock each open class gets a result, and memory is as before", async () => {
  const { engine, background } = await tuningEngine(new Map());
  const step = product(engine);
  const [x, w] = [wholeNumbers(engine, [128, 64]), wholeNumbers(engine, [64, 128])];
  const y = step(x, w);
  await y.data();
  // Else a garbage collection takes them away just when it likes.
  for (const tensor of [x, w, y]) tensor.dispose();
  const { liveBytes, pooledBytes } = engine.memory();
  await background.finished();
  const [{ plan }] = step.inspect();
  const keys = plan.dispatches.flatMap(({ choice }) => choice?.key ?? []);
  expect(keys.length).toBe(1);
  expect(Object.keys(engine.tuning())).toEqual(keys);
  expect(engine.memory()).toMatchObject({ liveBytes, pooledBytes });
  engine.destroy();
});

test("a page keeps what it found for the next load", async () => {
  const remove = () =>
    new Promise<void>((resolve) => {
      indexedDB.deleteDatabase("tilegrad-tuning").onsuccess = () => resolve();
    });
  await remove();
  const first = await createEngine({ tune: true });
  await product(first)(wholeNumbers(first, [64, 64]), wholeNumbers(first, [64, 64])).data();
  await first.tune();
  const found = first.tuning();
  expect(Object.keys(found).length).toBe(1);
  first.destroy();
  const second = await createEngine({ tune: true });
  expect(second.tuning()).toEqual(found);
  second.destroy();
  await remove();
});

/** Losses of a small network, trained from the same beginning, and who chose its kernels. */
async function train(engine: Engine) {
  const [w, v] = [wholeNumbers(engine, [24, 40]), wholeNumbers(engine, [40, 8])];
  const labels = tensor(
    Int32Array.from({ length: 48 }, (_, row) => row % 8),
    [48],
    { engine },
  );
  const step = compile((x: Tensor) => {
    const loss = crossEntropy(matmul(relu(matmul(x, w)), v), labels);
    const [dw, dv] = gradients(loss, [w, v]);
    assignAll([
      [w, sub(w, mul(dw, 0.01))],
      [v, sub(v, mul(dv, 0.01))],
    ]);
    return loss;
  });
  const losses: number[] = [];
  for (let i = 0; i < 12; i++) losses.push(await step(wholeNumbers(engine, [48, 24])).item());
  const origins = step.inspect()[0].plan.dispatches.map(({ choice }) => choice?.from);
  return { losses, origins };
}

test("a run that is begun anew has the same curve, bit for bit, also where tuning came to an end between them", async () => {
  const { engine, background } = await tuningEngine(new Map(), (_key, name, repeats) =>
    name === "1x4" || name === "4x8" ? repeats : 4 * repeats,
  );
  const first = await train(engine);
  await background.finished();
  expect(Object.values(engine.tuning()).some((name) => name !== "default")).toBe(true);
  const again = await train(engine);
  expect(again).toEqual(first);
  expect(again.origins).not.toContain("tuned");
  await engine.tune();
  expect((await train(engine)).origins).toContain("tuned");
  engine.destroy();
});

test("steps that are called while candidates are timed are not disturbed", async () => {
  const { engine, background } = await tuningEngine(new Map());
  const step = product(engine);
  const [x, w] = [wholeNumbers(engine, [96, 64]), wholeNumbers(engine, [64, 96])];
  const expected = Array.from(await step(x, w).data());
  let steps = 0;
  let isTuning = true;
  const tuned = background.finished().then(() => {
    isTuning = false;
  });
  while (isTuning && steps < 200) {
    expect(Array.from(await step(x, w).data())).toEqual(expected);
    await new Promise((resolve) => setTimeout(resolve, 1));
    steps += 1;
  }
  expect(steps).toBeGreaterThan(0);
  background.stop();
  await tuned;
  engine.destroy();
});

test("a device that is lost, or an engine that is destroyed, in the midst of it harms nothing", async () => {
  for (const end of [(engine: Engine) => engine.device.destroy(), (engine: Engine) => engine.destroy()]) {
    let timed = 0;
    const { engine, background } = await tuningEngine(new Map(), (_key, _name, repeats, timeMs) => {
      timed += 1;
      if (timed === 4) end(engine);
      return timeMs + repeats;
    });
    await product(engine)(wholeNumbers(engine, [64, 64]), wholeNumbers(engine, [64, 64])).data();
    await background.finished();
    expect(timed).toBeGreaterThanOrEqual(4);
    expect(background.found).toEqual({});
    engine.destroy();
  }
});

test("on a software adapter nothing is timed unless asked for", async () => {
  const engine = await createEngine();
  expect(engine.background === undefined).toBe(engine.adapter.isSoftware);
  engine.destroy();
});

/** A loss that goes through every family with choices, and its gradients. */
function everyFamily(engine: Engine) {
  return compile(
    (image: Tensor, filter: Tensor, w: Tensor, scale: Tensor, labels: Tensor): Tensor[] => {
      const seen = conv2d(image, filter, { padding: 1 });
      const rows = layerNorm(matmul(reshape(seen, [24, 128]), w), 40, { weight: scale });
      const attended = mul(rows, softmax(rows));
      const loss = crossEntropy(attended, labels);
      return [loss, ...gradients(loss, [image, filter, w, scale]), sum(attended, { axis: 0 })];
    },
    { engine },
  );
}

async function valuesOf(kind: DeviceProfile["kind"], choices: Record<string, string>) {
  const engine = await createEngine({ profile: kind, tune: { choices } });
  const step = everyFamily(engine);
  const results = step(
    mul(wholeNumbers(engine, [4, 12, 8, 8]), 0.25),
    mul(wholeNumbers(engine, [12, 12, 3, 3]), 0.25),
    mul(wholeNumbers(engine, [128, 40]), 0.25),
    wholeNumbers(engine, [40]),
    tensor(
      Int32Array.from({ length: 24 }, (_, row) => row % 40),
      [24],
      { engine },
    ),
  );
  const values = await Promise.all(results.map(async (result) => Array.from(await result.data())));
  const [{ graph, plan }] = step.inspect();
  const profile = engine.runtime.open.profile;
  engine.destroy();
  return { values: values.flat(), graph, plan, profile };
}

test.each(["gpu", "fallback"] as const)("whatever is chosen of %s kernels, values agree", async (kind) => {
  const usual = await valuesOf(kind, {});
  const trials = [...trialsOf(usual.graph, usual.profile, () => false)];
  expect(trials.length).toBeGreaterThan(kind === "gpu" ? 6 : 2);
  const most = Math.max(...trials.map(({ candidates }) => candidates.length));
  const seen = new Set<string>();
  for (let turn = 1; turn < most; turn++) {
    const choices = Object.fromEntries(
      trials.map(({ key, candidates }) => [key, candidates[turn % candidates.length].name]),
    );
    const { values, plan } = await valuesOf(kind, choices);
    for (const { choice } of plan.dispatches) if (choice?.from === "frozen") seen.add(choice.key);
    values.forEach((value, index) => {
      const expected = usual.values[index];
      const limit = 4 * allowedError({ family: "normalised" }, { expected, input: 0, magnitude: 0 });
      expect(Math.abs(value - expected)).toBeLessThanOrEqual(limit);
    });
  }
  // All of them were in force somewhere.
  expect(seen.size).toBeGreaterThanOrEqual(trials.length - 1);
  expect(compileGraph(usual.graph, usual.profile).dispatches.length).toBe(usual.plan.dispatches.length);
});
