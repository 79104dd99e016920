// The page demos/gpt in a browser: it trains, writes, obeys its controls, keeps and gives back its runs, and says what is
// wrong.

import puppeteer, { type Page } from "puppeteer";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readZip } from "../../demos/_shell/zip.ts";
import { readSafetensors, writeSafetensors } from "../../src/formats/safetensors.ts";
import { gptShapes } from "../../src/models/gptConfig.ts";
import {
  type DemoServer,
  giveFiles,
  open,
  savedBytes,
  seriousFaults,
  serveDemos,
  startMs,
  stepOf,
  textOf,
  untilText,
} from "./demoPage.ts";
import {
  choose,
  curvesOf,
  expectRest,
  openPaused,
  pauseAtOnce,
  reloadPaused,
  settled,
  stepFrom,
  trainUntil,
  untilRun,
} from "./shellPage.ts";

const sizes = "layers=1&heads=2&width=16&context=16&batch=8&dropout=0";
const poem = "the cat sat on the mat, and the dog sat on the log. ".repeat(40);

let demos: DemoServer;

beforeAll(async () => {
  demos = await serveDemos();
}, startMs);

afterAll(() => demos?.stop());

/** Waits until the text of this file is what is learned. */
async function untilFile(page: Page, name: string): Promise<void> {
  const isThere = (wanted: string) => decodeURIComponent(location.hash).includes(`:${wanted}`);
  await page.waitForFunction(isThere, { timeout: startMs }, name);
  await page.waitForSelector("#save:enabled", { timeout: startMs });
}

/** Makes one step from a paused page whose step count is known, and gives the training loss of it. */
async function lossAfter(page: Page, before: number): Promise<number> {
  await stepFrom(page, before);
  return Number(await textOf(page, "#train-loss"));
}

function sampleCount(page: Page): Promise<number> {
  return page.$$eval("#samples li", (items) => items.length);
}

/** Goes on with `prompt`, and gives what stands there at last and in how many pieces it came. */
async function write(page: Page, prompt: string): Promise<{ text: string; pieces: number }> {
  await page.$eval("#written", (element) => {
    const counter = new MutationObserver((changes) => {
      const before = Number(document.body.dataset.pieces ?? 0);
      document.body.dataset.pieces = String(before + changes.length);
    });
    document.body.dataset.pieces = "0";
    counter.observe(element, { characterData: true, subtree: true });
  });
  await page.$eval(
    "#prompt",
    (field, text) => {
      (field as HTMLTextAreaElement).value = text;
      field.dispatchEvent(new Event("input"));
    },
    prompt,
  );
  await page.click("#write");
  await page.waitForFunction(
    () =>
      document.querySelector("#write")?.textContent === "Write" && !document.querySelector("#written .caret"),
    { timeout: startMs },
  );
  const pieces = Number(await page.$eval("body", (body) => body.dataset.pieces));
  return { text: await textOf(page, "#written"), pieces };
}

test("it trains on its own text, shows what it writes, and obeys", { timeout: 60_000 }, async () => {
  const link = `v=1&text=corpus&tokens=characters&${sizes}&seed=3&rate=0.01`;
  const { page, complaints } = await openPaused(demos, "gpt", link);
  expect(await stepOf(page)).toBe(0);

  // The first sample comes before any training, and while it is paused.
  await page.waitForFunction(() => document.querySelector("#samples .preview")?.textContent !== "");
  const firstLoss = await lossAfter(page, 0);
  const chance = Number(await textOf(page, "#chance-loss"));
  expect(Math.abs(firstLoss - chance)).toBeLessThan(0.2);

  // Validated last at step 100. The text is this project's own code, so that losses change with it.
  await trainUntil(page, 101);
  expect(Number(await textOf(page, "#train-loss"))).toBeLessThan(0.85 * firstLoss);
  expect(Number(await textOf(page, "#validation-loss"))).toBeLessThan(0.85 * firstLoss);
  // After steps 0, 25, 50 and 100, the last of them perhaps still being written.
  await expect.poll(() => sampleCount(page), { timeout: startMs }).toBeGreaterThanOrEqual(4);
  await expectRest(page);

  const newest = await textOf(page, "#sample");
  await page.$eval("#scrubber", (scrubber) => {
    (scrubber as HTMLInputElement).value = "0";
    scrubber.dispatchEvent(new Event("input"));
  });
  expect(await textOf(page, "#sample")).not.toBe(newest);
  expect(await textOf(page, "#sample-caption")).toBe("before training");

  // Curves as a screen reader has them; a text has no exact answers.
  const ofLoss = await page.$eval("#loss-chart [role=application]", (chart) => chart.ariaLabel ?? "");
  expect(ofLoss).toMatch(/^Loss by step\. At step \d+: training \d\.\d+ nats, validation \d\.\d+ nats\.$/);
  expect(await page.$eval("#exact-chart", (figure) => figure.checkVisibility())).toBe(false);

  const { text, pieces } = await write(page, "for (const ");
  expect(text).toMatch(/^for \(const [\s\S]{100,}/);
  expect(pieces).toBeGreaterThan(5);
  expect((await write(page, "a \u{1f98a}")).text).toBe("a \u{1f98a}");
  expect(await textOf(page, "#write-note")).toContain("The model has never seen “\u{1f98a}”");

  // Panels ask once they are on screen.
  await page.$eval("#inspect", (section) => section.scrollIntoView());
  await page.waitForSelector("#inspect [role=meter][aria-valuenow]", { timeout: startMs });

  expect(await seriousFaults(page)).toEqual([]);
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
  expect(await seriousFaults(page)).toEqual([]);
  await page.setViewport({ width: 360, height: 740 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  await page.setViewport({ width: 1280, height: 900 });

  await page.focus("#save");
  await page.keyboard.press("r");
  await page.waitForFunction(() => document.querySelector("#step-count")?.textContent === "0", {
    timeout: startMs,
  });
  expect(await lossAfter(page, 0)).toBe(firstLoss);
  // First losses are so near each other that those shown may agree; the file of the curves has all digits.
  const exactLoss = async () => (await curvesOf(page)).at(-1)?.["training loss"].get(1);
  const ofThree = await exactLoss();
  expect(ofThree).toBeCloseTo(firstLoss, 3);

  await choose(page, "#seed", "4");
  await untilRun(page, "seed=4");
  await lossAfter(page, 0);
  const ofFour = await exactLoss();
  expect(ofFour).toEqual(expect.any(Number));
  expect(ofFour).not.toBe(ofThree);
  expect(complaints).toEqual([]);
  await page.close();
});

test("texts that are dropped are learned, bad ones refused, and runs kept", { timeout: 90_000 }, async () => {
  const link = `v=1&text=reversing&tokens=characters&${sizes}&seed=1&rate=0.01`;
  const { page, complaints } = await openPaused(demos, "gpt", link);

  await giveFiles(page, { "empty.txt": [] });
  await untilText(page, "#notice-text", "empty.txt: it is empty; it must have text to learn.");
  await giveFiles(page, { "short.txt": Buffer.from("abcdefghij") });
  await untilText(page, "#notice-text", "The corpus has 9 tokens, context is 16; it must have at least");
  await giveFiles(page, { "latin.txt": [0x61, 0xe9] });
  await untilText(page, "#notice-text", "latin.txt: the byte 0xe9 is not UTF-8");
  await choose(page, "#heads", "6");
  await untilText(
    page,
    "#notice-text",
    "Width is 16, which 6 heads cannot share; it must be a multiple of heads.",
  );
  // The run goes on, and the controls show it.
  expect(await page.$eval("#heads", (list) => (list as HTMLSelectElement).value)).toBe("2");
  await lossAfter(page, 0);

  await giveFiles(page, { "poem.txt": Buffer.from(poem) });
  await untilFile(page, "poem.txt");
  await trainUntil(page, 30);
  const step = await stepOf(page);
  const saved = await savedBytes(page, "#save");
  const files = await readZip(saved);
  expect([...files.keys()]).toEqual([
    "model.safetensors",
    "training.safetensors",
    "config.json",
    "tokenizer.json",
    "text.txt",
    "history.json",
  ]);
  const { tensors } = readSafetensors(files.get("model.safetensors") ?? new Uint8Array());
  const vocabularySize = new Set(poem).size;
  const shapes = new Map([...tensors].map(([name, { shape }]) => [name, [...shape]]));
  expect(shapes).toEqual(gptShapes({ vocabularySize, context: 16, layers: 1, heads: 2, width: 16 }));

  // A page that comes back goes on where it was.
  await untilText(page, "#kept", `step ${step}`);
  await reloadPaused(page);
  await untilText(page, "#notice-text", "where this browser kept the run");
  await settled(page);
  const resumed = await stepOf(page);
  expect(resumed).toBeGreaterThanOrEqual(step);
  // No sample is due where it goes on: these are the ones from before.
  expect(await sampleCount(page)).toBeGreaterThanOrEqual(1);
  expect(await page.$eval("#text", (list) => (list as HTMLSelectElement).selectedOptions[0].text)).toBe(
    "poem.txt",
  );

  await choose(page, "#width", "32");
  await untilRun(page, "width=32");
  expect(await stepOf(page)).toBe(0);
  const strange = writeSafetensors([["odd", { dtype: "F32", shape: [2], data: Float32Array.of(1, 2) }]]);
  await giveFiles(page, { "odd.safetensors": new Uint8Array(strange) });
  await untilText(page, "#notice-text", "odd.safetensors: it is of another model than this one of 1 layers");
  expect(await textOf(page, "#notice-text")).toMatch(
    /names missing \(.*transformer.*1 unexpected \(transformer\.odd\)/,
  );

  await giveFiles(page, { "run.zip": saved });
  await untilRun(page, "width=16");
  expect(await textOf(page, "#notice-text")).toBe(`Went on from step ${step} of the file.`);
  expect(await stepOf(page)).toBe(step);
  await lossAfter(page, step);

  // Weights alone are begun with, however far the run was that they are of.
  const weights = files.get("model.safetensors") ?? new Uint8Array();
  await giveFiles(page, { "model.safetensors": weights });
  await untilText(page, "#notice-text", "Began with the weights of model.safetensors.");
  expect(await stepOf(page)).toBe(0);
  expect(await lossAfter(page, 0)).toBeLessThan(0.85 * Math.log(vocabularySize));
  expect(complaints).toEqual([]);
  await page.close();
});

test("a task is measured by exact answers, in byte pairs or not; links of other versions are refused", {
  timeout: 60_000,
}, async () => {
  const address = `${demos.addressOf("gpt")}#v=9&text=addition&${sizes}`;
  const { page, complaints } = await open(demos.browser, address, pauseAtOnce);
  await untilText(page, "#notice-text", "This link is of version 9, and this page reads version 1.");
  await page.evaluate((link) => {
    location.hash = link;
  }, `#v=1&text=addition&tokens=characters&${sizes}&seed=1&rate=0.003`);
  await untilRun(page, "text=addition");
  await page.waitForFunction(() => document.querySelectorAll("#sample .mark").length === 6, {
    timeout: startMs,
  });
  expect(await textOf(page, "#exact-answers")).toMatch(/^\d+\.\d %$/);
  expect(await textOf(page, "#samples .preview")).toMatch(/^[0-6] of 6 right: \d+\+\d+=/);
  expect(await seriousFaults(page)).toEqual([]);
  expect(await page.$eval("#context", (list) => (list as HTMLSelectElement).disabled)).toBe(true);
  expect(await page.$eval("#exact-chart", (figure) => figure.checkVisibility())).toBe(true);
  await lossAfter(page, 0);

  // The rate takes effect without a new start.
  await page.$eval("#learningRate", (slider) => {
    (slider as HTMLInputElement).value = "-4";
    slider.dispatchEvent(new Event("input"));
  });
  expect(await textOf(page, "#learningRate-value")).toBe("0.0001");
  expect(await page.evaluate(() => location.hash)).toContain("rate=0.0001");
  await lossAfter(page, 1);

  await write(page, "12+34=");
  expect(await textOf(page, "#write-note")).toMatch(/^Read as 12\+34=.*: (wrong, it is 12\+34=46|right)\.$/);

  await giveFiles(page, { "poem.txt": Buffer.from(poem) });
  await untilFile(page, "poem.txt");
  await choose(page, "#vocabulary", "512");
  await untilRun(page, "tokens=512");
  expect(Number(await textOf(page, "#vocabulary-size"))).toBeGreaterThan(256);
  await lossAfter(page, 0);
  expect(complaints).toEqual([]);
  await page.close();
});

test("without a GPU the page says so, and shows a recorded run", { timeout: 60_000 }, async () => {
  const bare = await puppeteer.launch({
    executablePath: demos.executablePath,
    args: ["--no-sandbox", "--disable-gpu"],
  });
  try {
    const { page } = await open(bare, demos.addressOf("gpt"));
    await page.waitForSelector("#trouble:not([hidden])", { timeout: startMs });
    expect(await textOf(page, "#trouble-title")).toMatch(/offers no GPU|has no WebGPU/);

    await page.waitForSelector("#replay:not([hidden])", { timeout: startMs });
    await page.$eval("#replay-time", (slider) => {
      (slider as HTMLInputElement).value = (slider as HTMLInputElement).max;
      slider.dispatchEvent(new Event("input"));
    });
    expect(await stepOf(page)).toBeGreaterThan(50);
    expect(await sampleCount(page)).toBeGreaterThan(3);
    expect(await textOf(page, "#sample-caption")).toMatch(/^after \d+ steps, loss \d\.\d\d$/);
    expect(Number(await textOf(page, "#train-loss"))).toBeLessThan(4);
    await untilText(page, "#loss-chart .chart-step", "step");

    // What only a model could answer is at rest, and says why.
    const isDisabled = (selector: string) =>
      page.$eval(selector, (field) => (field as HTMLButtonElement | HTMLTextAreaElement).disabled);
    expect(await isDisabled("#write")).toBe(true);
    expect(await textOf(page, "#write-note")).toBe("A recorded run has no model to ask.");
    expect(await isDisabled("#inspect-text")).toBe(true);
    expect(await textOf(page, "#inspect-trouble")).toBe("A recorded run has no model to ask.");
    expect(await seriousFaults(page)).toEqual([]);
  } finally {
    await bare.close();
  }
});
