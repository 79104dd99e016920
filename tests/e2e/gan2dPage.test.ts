// The page demos/gan2d in a browser, as far as it is not like all pages: turns of one network, slow motion, drawn
// shapes, recipes, and rates that are too large.

import type { Page } from "puppeteer";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readZip } from "../../demos/_shell/zip.ts";
import {
  type DemoServer,
  giveFiles,
  open,
  savedBytes,
  serveDemos,
  startMs,
  stepOf,
  textOf,
  untilStep,
  untilText,
} from "./demoPage.ts";
import {
  choose,
  coloursOf,
  curvesOf,
  openPaused,
  reloadPaused,
  settled,
  stepFrom,
  trainUntil,
  untilRun,
} from "./shellPage.ts";

const networks = "generator=1_8_relu&discriminator=1_8_leakyRelu";
const rest = `latent=normal_2&${networks}&turns=1_1&optimizer=adam&batch=32`;
const link = `v=1&data=ring&loss=nonSaturating&penalty=r1_0.01&${rest}&rates=0.002_0.004`;

let demos: DemoServer;

beforeAll(async () => {
  demos = await serveDemos();
}, startMs);

afterAll(() => demos?.stop());

/** The losses that a step has, of the networks that learned in it. */
async function lossesAt(page: Page, step: number) {
  const run = (await curvesOf(page)).at(-1) ?? {};
  const { "discriminator loss": discriminator, "generator loss": generator } = run;
  return { discriminator: discriminator.get(step), generator: generator.get(step) };
}

/** Gives what the diagram has gone through since. */
async function watchPhases(page: Page): Promise<() => Promise<readonly string[]>> {
  const seen = await page.evaluateHandle(() => {
    const phases: string[] = [];
    const flow = document.querySelector("#flow") as HTMLElement;
    new MutationObserver(() => {
      const { phase } = flow.dataset;
      if (phase !== undefined && phase !== phases.at(-1)) phases.push(phase);
    }).observe(flow, { attributeFilter: ["data-phase"] });
    return phases;
  });
  return () => seen.jsonValue();
}

test("both networks learn, or one alone, quickly or slowly", { timeout: 120_000 }, async () => {
  const { page, complaints } = await openPaused(demos, "gan2d", `${link}&seed=3`);
  await untilText(page, "#flow-caption", "50 %");
  expect(await coloursOf(page, "#field")).toBeGreaterThan(50);

  await stepFrom(page, 0);
  expect((await lossesAt(page, 1)).discriminator).toBeGreaterThan(0.5);
  // The network that does not learn has no loss.
  await stepFrom(page, 1, "#turn-discriminator");
  expect(await lossesAt(page, 2)).toEqual({ discriminator: expect.any(Number), generator: undefined });
  await stepFrom(page, 2, "#turn-generator");
  expect(await lossesAt(page, 3)).toEqual({ discriminator: undefined, generator: expect.any(Number) });

  await trainUntil(page, 60);
  expect(await textOf(page, "#covered")).toMatch(/^[0-8] of 8$/);
  expect(await textOf(page, "#js")).toMatch(/^0\.\d{3}$/);
  expect(Number(await textOf(page, "#dispatches"))).toBeGreaterThan(20);
  expect(await textOf(page, "#model-code")).toContain("detach(generate())");

  // Slow motion: one step, phase by phase.
  const before = await stepOf(page);
  await page.click("#slow");
  const phases = await watchPhases(page);
  await page.keyboard.press(".");
  await untilStep(page, before + 1);
  await page.waitForSelector("#flow:not([data-phase])", { timeout: startMs });
  expect(await phases()).toEqual(["generate", "judge", "learn-d", "pull", "learn-g"]);
  expect(await stepOf(page)).toBe(before + 1);
  expect(complaints).toEqual([]);
  await page.close();
});

test("what is drawn is learned, and recipes are followed", { timeout: 120_000 }, async () => {
  const { page, complaints } = await openPaused(demos, "gan2d", `${link}&seed=1`);
  await page.click("#distribution-drawn + canvas");
  await untilRun(page, "data=drawn");
  expect(await textOf(page, "#covered")).toBe("–");
  await page.focus("#pad");
  for (const key of ["ArrowRight", "Enter", "ArrowUp", "ArrowUp", "Enter"] as const)
    await page.keyboard.press(key);
  await page.waitForFunction(() => /dots=[\w-]{4}(&|$)/.test(location.hash), { timeout: startMs });

  await trainUntil(page, 10);
  const step = await stepOf(page);
  const saved = await savedBytes(page, "#save");
  expect([...(await readZip(saved)).keys()]).toEqual([
    "generator.safetensors",
    "discriminator.safetensors",
    "training.safetensors",
    "config.json",
    "history.json",
  ]);
  const fault = "poem.txt: it is no saved run; drop a file that this page has saved.";
  await giveFiles(page, { "poem.txt": Buffer.from("the cat sat on the mat") });
  await untilText(page, "#notice-text", fault);

  // A page that comes back goes on where it was, with what was drawn.
  await untilText(page, "#kept", `step ${step}`);
  const drawn = await page.evaluate(() => location.hash);
  await reloadPaused(page);
  await untilText(page, "#notice-text", "where this browser kept the run");
  await settled(page);
  expect(await stepOf(page)).toBeGreaterThanOrEqual(step);
  expect(await page.evaluate(() => location.hash)).toBe(drawn);

  await choose(page, "#recipe", "wasserstein");
  await untilRun(page, "loss=wasserstein&penalty=gradientPenalty_1&turns=1_3");
  expect(await stepOf(page)).toBe(0);
  await stepFrom(page, 0);
  expect(complaints).toEqual([]);
  await page.close();
});

test("rates that are too large stop it where it was sound", { timeout: 60_000 }, async () => {
  const wild = link
    .replace("loss=nonSaturating", "loss=wasserstein")
    .replace("adam", "sgd")
    .replace("r1_0.01", "none_0")
    .replace(/rates=.*/, "rates=10_10");
  const { page, complaints } = await open(demos.browser, `${demos.addressOf("gan2d")}#${wild}&seed=1`);
  await untilText(page, "#notice-text", "Training stopped and went back to step");
  expect(await textOf(page, "#notice-text")).toMatch(/first in (discriminator|generator)\.layers\.\d\.\w+/);
  expect(await textOf(page, "#play-label")).toBe("Play");
  expect(complaints).toEqual([]);
  await page.close();
});
