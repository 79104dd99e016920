// What every page does: it trains, obeys, repeats itself, keeps and gives back its runs, outlives a lost device, and shows
// a recorded run where there is no GPU.

import puppeteer, { type Page } from "puppeteer";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readZip } from "../../demos/_shell/zip.ts";
import {
  type DemoServer,
  giveFiles,
  loseDevice,
  open,
  savedBytes,
  seriousFaults,
  serveDemos,
  setVisibility,
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
  expectRest,
  openPaused,
  settled,
  stepFrom,
  trainUntil,
  untilBeginning,
  untilRun,
  watchMainThread,
} from "./shellPage.ts";

interface PageCase {
  readonly name: string;
  /** Settings of a small run, without its seed. */
  readonly link: string;
  /** The curve that has to move. */
  readonly curve: string;
  /** A canvas of the stage, or its text. */
  readonly stage: string;
  /** A file of a saved run. */
  readonly file: string;
}

const gan2dNetworks = "generator=1_8_relu&discriminator=1_8_leakyRelu&turns=1_1&optimizer=adam";
const ganRecipe = "loss=nonSaturating&real=0.9&average=0&batch=8&betas=0.5_0.999";
const pages: readonly PageCase[] = [
  {
    name: "digits",
    link: "v=1&data=generated&digits=200&batch=8&rate=0.001",
    curve: "training loss",
    stage: "#first canvas",
    file: "model.safetensors",
  },
  {
    name: "gan2d",
    link: `v=1&data=ring&loss=nonSaturating&penalty=r1_0.01&latent=normal_2&${gan2dNetworks}&batch=32&rates=0.002_0.004`,
    curve: "discriminator loss",
    stage: "#field",
    file: "generator.safetensors",
  },
  {
    name: "gpt",
    link: "v=1&text=corpus&tokens=characters&layers=1&heads=2&width=16&context=16&batch=8&dropout=0&rate=0.01",
    curve: "training loss",
    stage: "#sample",
    file: "model.safetensors",
  },
  {
    name: "gan",
    link: `v=1&pictures=generated_100&size=28&latents=8&channels=8_4&told=yes&${ganRecipe}&rates=0.01_0.01`,
    curve: "discriminator loss",
    stage: "#samples",
    file: "generator.safetensors",
  },
];

const TRAINED_STEPS = 20;

let demos: DemoServer;

beforeAll(async () => {
  demos = await serveDemos();
}, startMs);

afterAll(() => demos?.stop());

describe.each(pages)("$name", ({ name, link, curve, stage, file }) => {
  /** Something is to be seen before long: what is written is written beside the steps. */
  const expectPicture = async (page: Page) => {
    const isCanvas = await page.$eval(stage, (element) => element instanceof HTMLCanvasElement);
    const wealth = async () => (isCanvas ? coloursOf(page, stage) : (await textOf(page, stage)).length);
    await expect.poll(wealth, { timeout: startMs }).toBeGreaterThan(isCanvas ? 5 : 20);
  };
  // One page for all tests that need no other: starting one compiles every pipeline.
  let opened: Awaited<ReturnType<typeof openPaused>>;

  beforeAll(async () => {
    opened = await openPaused(demos, name, `${link}&seed=13`);
  }, startMs);

  afterAll(() => opened?.page.close());

  /** Begins the run of another seed. */
  const chooseSeed = async (page: Page, seed: number) => {
    await choose(page, "#seed", String(seed));
    await untilRun(page, `seed=${seed}`);
    expect(await stepOf(page)).toBe(0);
  };

  test("while it trains nothing keeps the page waiting", { timeout: 120_000 }, async () => {
    const { page } = opened;
    expect(await stepOf(page)).toBe(0);
    expect(await page.$("#replay:not([hidden])")).toBeNull();
    await stepFrom(page, 0);
    const mainThread = await watchMainThread(page);
    await trainUntil(page, 1 + TRAINED_STEPS);
    const tasks = await mainThread();
    expect(tasks.length).toBeGreaterThan(TRAINED_STEPS);
    expect(tasks[0], "CPU time of the main thread's longest task, ms").toBeLessThan(50);
  });

  test("it trains, pauses, steps, begins again, and a seed gives its curve", {
    timeout: 120_000,
  }, async () => {
    const { page } = opened;
    await chooseSeed(page, 11);
    await trainUntil(page, TRAINED_STEPS);
    const first = (await curvesOf(page)).at(-1)?.[curve] ?? new Map<number, number>();
    const losses = [...first.values()];
    expect(losses.length).toBeGreaterThanOrEqual(TRAINED_STEPS);
    expect(new Set(losses).size).toBeGreaterThan(TRAINED_STEPS / 2);
    expect(losses.every(Number.isFinite)).toBe(true);
    await expectPicture(page);

    const paused = await stepOf(page);
    await stepFrom(page, paused);
    await page.keyboard.press("r");
    await untilBeginning(page);
    await trainUntil(page, TRAINED_STEPS);
    const again = (await curvesOf(page)).at(-1) ?? {};
    expect(again[curve].size).toBeGreaterThanOrEqual(TRAINED_STEPS);
    for (const [step, value] of again[curve]) {
      if (first.has(step)) expect(value, `step ${step}`).toBe(first.get(step));
    }
    await chooseSeed(page, 12);
    await trainUntil(page, 2);
    const other = (await curvesOf(page)).at(-1) ?? {};
    expect(other[curve].get(1)).not.toBe(first.get(1));
  });

  test("a link, a file and the browser bring a run back", { timeout: 120_000 }, async () => {
    const { page, complaints } = opened;
    await chooseSeed(page, 14);
    await page.click("#share");
    await untilText(page, "#notice-text", "link");
    await trainUntil(page, 5);
    const step = await stepOf(page);
    await untilText(page, "#kept", `step ${step}`);
    const saved = await savedBytes(page, "#save");
    expect([...(await readZip(saved)).keys()]).toEqual(expect.arrayContaining([file, "history.json"]));

    await chooseSeed(page, 15);
    await giveFiles(page, { "run.zip": saved });
    await untilText(page, "#notice-text", `Went on from step ${step} of the file.`);
    expect(await stepOf(page)).toBe(step);
    expect((await curvesOf(page)).at(-1)?.[curve].size).toBe(step);
    expect(new URL(page.url()).hash).toContain("seed=14");
    await giveFiles(page, { "run.zip": saved.slice(0, saved.length / 2) });
    await untilText(page, "#notice-text", "run.zip");

    const next = await open(demos.browser, `${demos.addressOf(name)}#${link}&seed=14`);
    await untilText(next.page, "#notice-text", `Went on from step ${step}, where this browser kept the run.`);
    await next.page.close();
    const strange = await open(demos.browser, `${demos.addressOf(name)}#v=99&seed=3`);
    await untilText(strange.page, "#notice-text", "This link is of version 99");
    await strange.page.close();
    expect([...complaints, ...next.complaints, ...strange.complaints]).toEqual([]);
  });

  test("it is fit to be used by all, on all screens", { timeout: 60_000 }, async () => {
    const { page, complaints } = opened;
    await page.click("#chart-tools .table");
    expect(await seriousFaults(page)).toEqual([]);
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
    expect(await seriousFaults(page)).toEqual([]);
    for (const width of [375, 1440]) {
      await page.setViewport({ width, height: 900 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    }
    await setVisibility(page, "hidden");
    await page.click("#play");
    await expectRest(page);
    const hidden = await stepOf(page);
    await setVisibility(page, "visible");
    await untilStep(page, hidden + 1);
    await page.click("#play");
    await settled(page);
    expect(complaints).toEqual([]);
  });

  test("a lost device is told, and the run goes on", { timeout: 90_000 }, async () => {
    const { page } = opened;
    await chooseSeed(page, 16);
    await trainUntil(page, 3);
    const step = await stepOf(page);
    await untilText(page, "#kept", `step ${step}`);
    await page.click("#play");
    await untilStep(page, step + 1);
    await loseDevice(page);
    await page.waitForSelector("#trouble:not([hidden])", { timeout: startMs });
    expect(await textOf(page, "#trouble-title")).toBe("The GPU went away");
    await page.click("#trouble-retry");
    // A slow run is kept again on its way to the loss.
    await untilText(page, "#notice-text", "Went on from step");
    const from = Number(/step (\d+)/.exec(await textOf(page, "#notice-text"))?.[1]);
    expect(from).toBeGreaterThanOrEqual(step);
    await untilStep(page, from + 1);
    expect(await page.$eval("#trouble", (element) => element.hasAttribute("hidden"))).toBe(true);
  });

  test("without a GPU it says why, and shows a recorded run", { timeout: 60_000 }, async () => {
    const bare = await puppeteer.launch({
      executablePath: demos.executablePath,
      args: ["--no-sandbox", "--disable-gpu"],
    });
    try {
      const { page } = await open(bare, demos.addressOf(name));
      await page.waitForSelector("#trouble:not([hidden])", { timeout: startMs });
      expect(await textOf(page, "#trouble-title")).toMatch(/offers no GPU|has no WebGPU/);
      await page.waitForSelector("#replay:not([hidden])", { timeout: startMs });
      expect(await textOf(page, "#replay-text")).toMatch(/recorded run\. Recorded on .+, 20\d\d-\d\d-\d\d/);
      await untilStep(page, 1);
      await page.$eval("#replay-time", (slider) => {
        (slider as HTMLInputElement).value = (slider as HTMLInputElement).max;
        slider.dispatchEvent(new Event("input"));
      });
      expect(await stepOf(page)).toBeGreaterThan(50);
      expect(await textOf(page, "#replay-label")).toBe("Play");
      await expectPicture(page);
      expect(await seriousFaults(page)).toEqual([]);
    } finally {
      await bare.close();
    }
  });
});
