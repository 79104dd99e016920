// The benchmark's training steps that no run of the command measures: right on our engine, refused where losses are wrong;
// and a page's first step with a warm cache.

import type { ViteDevServer } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EngineName, PageSettings } from "../../bench/report.ts";
import { CasePage } from "../../scripts/bench/casePage.ts";
import { EngineBrowsers } from "../../scripts/bench/engineBrowsers.ts";
import { measureCase } from "../../scripts/bench/measureCase.ts";
import { serveCases } from "../../scripts/bench/serveCases.ts";

const startMs = 60_000;
const answerMs = 60_000;

const browsers = new EngineBrowsers();
let server: ViteDevServer;
let url: string;

beforeAll(async () => {
  ({ server, url } = await serveCases());
}, startMs);

afterAll(async () => {
  await browsers.closeAll();
  await server.close();
});

async function open(name: string, engine: EngineName, expectedLosses?: readonly number[]) {
  const settings: PageSettings = {
    ...{ case: name, engine, scale: "small", profile: undefined, expectations: undefined, expectedLosses },
    isFirstStep: true,
  };
  const page = await CasePage.load(await browsers.browserOf("ours"), url, answerMs);
  try {
    return await page.open(settings);
  } finally {
    await page.close();
  }
}

test("a plain network learns in few dispatches, and losses that differ are refused", async () => {
  const answer = await open("train-mlp", "ours");
  expect(answer).toMatchObject({
    value: { submits: 1, createBuffer: 0, createPipeline: 0, callsPerSample: 1 },
  });
  if ("failure" in answer) throw new Error(answer.failure);
  const { losses = [], dispatches, firstCallMs } = answer.value;
  expect(losses).toHaveLength(5);
  expect(dispatches).toBeLessThanOrEqual(20);
  expect(firstCallMs).toBeGreaterThan(0);
  const wrong = losses.map((loss, step) => (step === 4 ? 1.002 * loss : loss));
  expect(await open("train-mlp", "ours", wrong)).toEqual({
    failure: expect.stringMatching(/^wrong losses .* within 0\.001\.$/),
  });
});

test("a residual network learns, with its running statistics, in one submit", async () => {
  const answer = await open("train-resnet18-cifar", "ours");
  expect(answer).toMatchObject({
    value: { submits: 1, createBuffer: 0, createBindGroup: 0, createPipeline: 0 },
  });
  if ("failure" in answer) throw new Error(answer.failure);
  expect(answer.value.dispatches).toBeLessThanOrEqual(220);
});

test("what has no training says so", async () => {
  expect(await open("train-mlp", "ort")).toEqual({ failure: "none: it has no training." });
  expect(await open("train-mlp", "raw")).toEqual({
    failure: "none: WebGPU alone has floors, and no networks.",
  });
});

test("a first step is told with what the page before left, beside that page's own", async () => {
  const settings = { case: "first-step-warm-lenet", scale: "software", profile: undefined } as const;
  const [answer, ...others] = await measureCase(browsers, url, { settings, engines: ["ours"], reps: 1 });
  expect(others).toEqual([]);
  if ("failure" in answer) throw new Error(answer.failure);
  expect(answer).toMatchObject({ engine: "ours", samples: 1, note: expect.stringContaining("cached") });
  expect(answer.losses).toHaveLength(5);
  expect(answer.medianMs).toBeGreaterThan(0);
  expect(answer.firstCallMs).toBeGreaterThan(0);
});
