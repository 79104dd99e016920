// Kept plans: used only where everything agrees, and else made anew.

import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { digest } from "../../src/api/planCache.ts";
import { compileGraph } from "../../src/compile/compileGraph.ts";
import { makeGraph } from "../../src/graph/graph.ts";
import { inputNode } from "../../src/graph/source.ts";
import {
  compile,
  createEngine,
  init,
  matmul,
  models,
  mseLoss,
  nn,
  openPlanCache,
  optim,
  PlanCache,
  planFolder,
  relu,
  type Tensor,
  tensor,
} from "../../src/index.ts";
import { DEFAULT_PROFILE } from "../../src/kernels/kernel.ts";
import { defineUnary } from "../../src/ops/defineElementwise.ts";
import { floating } from "../../src/ops/dtypeRules.ts";
import { stubDevice } from "../setup/stubDevice.ts";

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

function graphOf(rows: number) {
  const x = inputNode([rows, 8], "f32", "x");
  const w = inputNode([8, 4], "f32", "w");
  return makeGraph([relu(matmul(x, w))]);
}

/** Asks `cache` for the plan of a graph, and says whether it was there; it must be right either way. */
function isKept(cache: PlanCache, graph = graphOf(3), device = DEFAULT_PROFILE): boolean {
  let made = 0;
  const { plan, isFromCache } = cache.planFor(graph, device, () => {
    made += 1;
    return compileGraph(graph, device);
  });
  expect(made).toBe(isFromCache ? 0 : 1);
  expect(plan).toEqual(compileGraph(graph, device));
  expect(plan.uniforms).toBeInstanceOf(Uint8Array);
  return isFromCache;
}

test("a plan is found for the same graph, device and version, and for nothing else", () => {
  const store = new Map<string, string>();
  const cache = new PlanCache(store, "1");
  expect(isKept(cache)).toBe(false);
  expect(isKept(cache)).toBe(true);
  expect(isKept(new PlanCache(store, "1"))).toBe(true);
  expect(isKept(new PlanCache(store, "2"))).toBe(false);
  expect(isKept(cache, graphOf(4))).toBe(false);
  for (const change of [{ kind: "fallback" }, { maxInvocations: 128 }, { hasF16: true }] as const) {
    expect(isKept(cache, graphOf(3), { ...DEFAULT_PROFILE, ...change })).toBe(false);
  }
  expect(store.size).toBe(6);
  expect(isKept(cache)).toBe(true);
});

test("sources that were not built keep plans for this load only, unless a version vouches for them", () => {
  const store = new Map<string, string>();
  expect(isKept(new PlanCache(store))).toBe(false);
  expect(isKept(new PlanCache(store))).toBe(true);
  const [text] = store.values();
  expect(text).toContain("unbuilt");
});

test("two ops of one name do not share a plan", () => {
  const store = new Map<string, string>();
  const graphWith = (factor: string) => {
    const scale = defineUnary({
      name: "scale",
      dtypes: floating,
      reference: ([x]) => x * Number(factor),
      wgsl: factor === "2.0" ? ([x]) => `${x} * 2.0` : ([x]) => `${x} * 3.0`,
      gradient: () => [undefined],
    });
    return makeGraph([scale(inputNode([8], "f32", "x"))]);
  };
  const cache = new PlanCache(store, "1");
  expect(isKept(cache, graphWith("2.0"))).toBe(false);
  expect(isKept(cache, graphWith("3.0"))).toBe(false);
  expect(isKept(cache, graphWith("2.0"))).toBe(true);
});

test("an entry that is broken anywhere is planned anew and written over", () => {
  const store = new Map<string, string>();
  const cache = new PlanCache(store, "1");
  isKept(cache);
  const [[key, text]] = store;
  const broken = ["", "\n", "{}", text.slice(0, -1), `${text} `, text.slice(1), `${digest("x")}\n1\nx{}`];
  for (let at = 0; at < text.length; at += 101) {
    broken.push(`${text.slice(0, at)}${text[at] === "7" ? "8" : "7"}${text.slice(at + 1)}`);
  }
  expect(broken.length).toBeGreaterThan(40);
  for (const entry of broken) {
    store.set(key, entry);
    expect(isKept(cache)).toBe(false);
    expect(store.get(key)).toBe(text);
  }
  expect(isKept(cache)).toBe(true);
});

test("an entry of another graph is not trusted, whatever key it has", () => {
  const store = new Map<string, string>();
  const cache = new PlanCache(store, "1");
  isKept(cache);
  const [key] = store.keys();
  isKept(cache, graphOf(4));
  const [, [, other]] = store;
  store.set(key, other);
  expect(isKept(cache)).toBe(false);
});

test("a store that is full breaks nothing", () => {
  const full = {
    get: () => undefined,
    set: () => {
      throw new Error("full");
    },
  };
  expect(isKept(new PlanCache(full, "1"))).toBe(false);
});

test("digests differ for texts that differ little", () => {
  const texts = ["", "a", "b", "ab", "ba", "aa", "a\0", "\0a", "\0", "\0\0"];
  for (let i = 0; i < 20_000; i++) texts.push(`dispatch ${i}`, `${i} dispatch`);
  expect(new Set(texts.map(digest)).size).toBe(texts.length);
  expect(digest("")).toMatch(/^[0-9a-f]{16}$/);
});

/** Compiles a training step for an engine with `planCache` and gives how it went. */
async function trainingStart(planCache: PlanCache) {
  const { device } = stubDevice();
  const engine = await init({ device, planCache });
  const model = new nn.Sequential(
    new nn.Linear(8, 16),
    new nn.Dropout(0.5),
    new nn.ReLU(),
    new nn.Linear(16, 4),
  );
  const optimizer = new optim.AdamW(model.parameters(), { lr: 1e-3 });
  const step = compile((x: Tensor, y: Tensor) => {
    const loss = mseLoss(model.forward(x), y);
    optimizer.step(loss);
    return loss;
  });
  const batch = [tensor(new Float32Array(16), [2, 8]), tensor(new Float32Array(8), [2, 4])] as const;
  const prepared = step.prepare(...batch);
  const early = { ...step.inspect()[0].timings };
  await prepared;
  const ready = { ...step.inspect()[0].timings };
  step(...batch);
  await new Promise((resolve) => setTimeout(resolve, 5));
  const [{ timings, plan }] = step.inspect();
  engine.destroy();
  return { early, ready, timings, plan };
}

test("a compiled training step finds its plan at the next load, and says what its start took", async () => {
  const store = new Map<string, string>();
  const cold = await trainingStart(new PlanCache(store, "1"));
  const warm = await trainingStart(new PlanCache(store, "1"));
  expect([cold, warm].map(({ timings }) => timings.isPlanFromCache)).toEqual([false, true]);
  expect(store.size).toBe(1);
  expect(warm.plan).toEqual(cold.plan);
  for (const { early, ready, timings } of [cold, warm]) {
    expect([early.pipelinesMs, early.firstRunMs, ready.firstRunMs]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    for (const timeMs of [timings.traceMs, timings.planMs, timings.pipelinesMs, timings.firstRunMs]) {
      expect(timeMs).toBeGreaterThanOrEqual(0);
    }
    expect(ready.pipelinesMs).toBe(timings.pipelinesMs);
  }
});

test("looking a GPT's plan up takes less than half the time of making it", async () => {
  const engine = await init({ device: stubDevice().device });
  const model = new models.Gpt({ vocabularySize: 65, context: 64, layers: 2, heads: 4, width: 64 });
  const optimizer = new optim.AdamW(model.parameters(), { lr: 1e-3 });
  const tokens = tensor(new Int32Array(512), [8, 64]);
  const step = compile((x: Tensor) => {
    const loss = model.loss(x, x);
    optimizer.step(loss);
    return loss;
  });
  await step.prepare(tokens);
  const [{ graph }] = step.inspect();
  const ratios = Array.from({ length: 5 }, () => {
    const cache = new PlanCache(new Map(), "1");
    const timeMs = () => {
      const startMs = performance.now();
      cache.planFor(graph, engine.deviceProfile, () => compileGraph(graph, engine.deviceProfile));
      return performance.now() - startMs;
    };
    const makingMs = timeMs();
    return timeMs() / makingMs;
  });
  engine.destroy();
  expect(ratios.sort((a, b) => a - b)[2]).toBeLessThan(0.5);
});

test("a folder keeps plans for the next process; one that is unusable keeps none", async () => {
  const folder = await mkdtemp(join(tmpdir(), "plans-"));
  folders.push(folder);
  const inner = join(folder, "a", "b");
  expect(isKept(new PlanCache(planFolder(inner), "1"))).toBe(false);
  expect(isKept(new PlanCache(planFolder(inner), "1"))).toBe(true);
  const [name, ...others] = await readdir(inner);
  expect(name).toMatch(/^[0-9a-f]{16}\.plan$/);
  expect(others).toEqual([]);
  await writeFile(join(inner, name), "broken");
  expect(isKept(new PlanCache(planFolder(inner), "1"))).toBe(false);
  expect(isKept(new PlanCache(planFolder(join(inner, name)), "1"))).toBe(false);
});

test("where there is no IndexedDB a page's cache lasts as long as the page", async () => {
  const cache = await openPlanCache({ version: "1" });
  expect([isKept(cache), isKept(cache)]).toEqual([false, true]);
});

test("without a cache nothing is kept", async () => {
  const engine = await createEngine({ device: stubDevice().device });
  expect(engine.planCache).toBeUndefined();
  engine.destroy();
});
