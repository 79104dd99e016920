// The benchmark's cases of one op or one network forward, and its floors, in a page as the benchmark opens it: small, each
// held against float64, and never timed. And what becomes of a page that does not answer.

import type { ViteDevServer } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { floorCases } from "../../bench/cases/floorCases.ts";
import { expectationOf } from "../../bench/expectation.ts";
import { findOpCase, opCases } from "../../bench/opCases.ts";
import type { EngineName, PageSettings, ProfileName } from "../../bench/report.ts";
import { CasePage } from "../../scripts/bench/casePage.ts";
import { EngineBrowsers } from "../../scripts/bench/engineBrowsers.ts";
import { serveCases } from "../../scripts/bench/serveCases.ts";

const startMs = 60_000;
const answerMs = 30_000;

const browsers = new EngineBrowsers();
let server: ViteDevServer;
let url: string;
let page: CasePage;

beforeAll(async () => {
  ({ server, url } = await serveCases());
  page = await CasePage.load(await browsers.browserOf("ours"), url, answerMs);
}, startMs);

afterAll(async () => {
  await browsers.closeAll();
  await server.close();
});

function settingsOf(name: string, engine: EngineName, profile?: ProfileName): PageSettings {
  const problem = findOpCase(name)?.problem("small");
  const expectations = problem?.exact().map(expectationOf);
  return { case: name, engine, scale: "small", profile, expectations, expectedLosses: undefined };
}

test.each(opCases.map(({ name }) => name))("%s is right, in one submit", async (name) => {
  const answer = await page.open(settingsOf(name, "ours"));
  expect(answer).toMatchObject({ value: { submits: 1, createBindGroup: 0, createPipeline: 0 } });
});

test.each(floorCases.map(({ name }) => name))("%s is right in WebGPU alone", async (name) => {
  const answer = await page.open(settingsOf(name, "raw"));
  const dispatches = name === "floor-dispatch" ? 100 : 1;
  expect(answer).toMatchObject({ value: { submits: 1, dispatches, createBuffer: 0, createPipeline: 0 } });
});

test("gradients of linear ops compute nothing forward", async () => {
  for (const name of ["conv-3x3-input-gradient", "conv-transposed-input-gradient", "avgpool-backward"]) {
    expect(await page.open(settingsOf(name, "ours")), name).toMatchObject({ value: { dispatches: 1 } });
  }
});

test("the profile is the one that was asked for", async () => {
  const [gpu, fallback] = [
    await page.open(settingsOf("matmul-256", "ours", "gpu")),
    await page.open(settingsOf("matmul-256", "ours", "fallback")),
  ];
  expect([gpu, fallback]).toMatchObject([{ value: { dispatches: 1 } }, { value: { dispatches: 1 } }]);
  expect(await page.open(settingsOf("matmul-256", "ours", "fast" as ProfileName))).toHaveProperty("failure");
});

test("a wrong result is not timed", async () => {
  const settings = settingsOf("softmax-256-forward", "ours");
  const [expectation] = settings.expectations ?? [];
  const elements = expectation.elements.map((element) => ({ ...element, value: 1.001 * element.value }));
  const answer = await page.open({ ...settings, expectations: [{ ...expectation, elements }] });
  expect(answer).toMatchObject({ failure: expect.stringMatching(/^wrong y: element 0 of \[5, 13\] is /) });
});

// One with whole attributes, one with a fraction, one with a constant.
test.each(["conv-stride2-forward", "layernorm-forward", "sum-axis0"])(
  "ONNX Runtime reads our model of %s",
  async (name) => {
    expect(await page.open(settingsOf(name, "ort"))).toHaveProperty("value");
  },
);

test("what an engine has no way of doing, it says", async () => {
  expect(await page.open(settingsOf("adam-1m", "ort"))).toEqual({ failure: "none: it has no optimizers." });
});

test("a page that does not answer fails alone, and its browser is replaced", async () => {
  const first = await browsers.browserOf("jax");
  const hurried = await CasePage.load(first, url, 1);
  const answer = await hurried.open(settingsOf("matmul-256", "jax"));
  expect(answer).toEqual({ failure: "no answer within 0.001 s", isStuck: true });
  const gone = new Promise((resolve) => first.once("disconnected", resolve));
  browsers.kill("jax");
  await gone;
  await hurried.close();
  const second = await browsers.browserOf("jax");
  expect(second).not.toBe(first);
  expect(await page.open(settingsOf("matmul-256", "ours"))).toHaveProperty("value");
});
