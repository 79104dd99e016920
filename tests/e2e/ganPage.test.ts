// The page demos/gan in a browser, as far as it is not like all pages: it shows samples over time, judges them, lets its
// latents be explored, learns other pictures, and says what is wrong with them.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "puppeteer";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readZip } from "../../demos/_shell/zip.ts";
import { generateDigits } from "../../src/data/generateDigits.ts";
import { encodePng } from "../../src/formats/png.ts";
import {
  type DemoServer,
  giveFiles,
  open,
  savedBytes,
  serveDemos,
  startMs,
  stepOf,
  textOf,
  untilText,
} from "./demoPage.ts";
import {
  choose,
  coloursOf,
  curvesOf,
  openPaused,
  reloadPaused,
  stepFrom,
  trainUntil,
  untilRun,
} from "./shellPage.ts";

const networks = "size=28&latents=8&channels=4_4&told=yes";
const recipe = "loss=nonSaturating&real=0.9&average=0.9&batch=8&betas=0.5_0.999";
const link = `v=1&pictures=generated_200&${networks}&${recipe}&rates=0.002_0.002`;

let demos: DemoServer;
let folder: string;

beforeAll(async () => {
  demos = await serveDemos();
  folder = mkdtempSync(join(tmpdir(), "tilegrad-pictures-"));
}, startMs);

afterAll(async () => {
  await demos?.stop();
  rmSync(folder, { recursive: true });
});

/** The picture on a canvas, as text. */
function pictureOf(page: Page, selector: string): Promise<string> {
  return page.$eval(selector, (canvas) => (canvas as HTMLCanvasElement).toDataURL());
}

/** Waits until the picture on a canvas is another one than `before`. */
async function untilOther(page: Page, selector: string, before: string): Promise<void> {
  const isOther = (where: string, known: string) =>
    (document.querySelector(where) as HTMLCanvasElement).toDataURL() !== known;
  await page.waitForFunction(isOther, { timeout: startMs }, selector, before);
}

function pngOf(size: number, shade: (x: number, y: number) => number): Promise<Uint8Array> {
  const pixels = Uint8Array.from({ length: 3 * size * size }, (_, i) => {
    const place = Math.floor(i / 3);
    return shade(place % size, Math.floor(place / size));
  });
  return encodePng({ width: size, height: size, channels: 3, pixels });
}

/** Digits as the IDX files of MNIST have them. */
function idxFiles(size: number, labels: readonly number[]): Record<string, Uint8Array> {
  const header = (...words: number[]) => {
    const bytes = new DataView(new ArrayBuffer(4 * words.length));
    words.forEach((word, index) => {
      bytes.setUint32(4 * index, word);
    });
    return [...new Uint8Array(bytes.buffer)];
  };
  const { images } = generateDigits({ count: labels.length, seed: 1, size });
  return {
    "train-images-idx3-ubyte": Uint8Array.from([...header(0x803, labels.length, size, size), ...images]),
    "train-labels-idx1-ubyte": Uint8Array.from([...header(0x801, labels.length), ...labels]),
  };
}

test("it trains, and what it draws can be looked at over time and explored", {
  timeout: 120_000,
}, async () => {
  const { page, complaints } = await openPaused(demos, "gan", `${link}&seed=3`);
  expect(await stepOf(page)).toBe(0);
  await untilText(page, "#sample-caption", "before training");
  const untrained = await pictureOf(page, "#samples");
  expect(await coloursOf(page, "#samples")).toBeGreaterThan(1);
  expect(await coloursOf(page, "#real")).toBeGreaterThan(50);

  await stepFrom(page, 0);
  await untilText(page, "#sample-caption", "after 1 steps");
  await trainUntil(page, 22);
  const [first] = await curvesOf(page);
  const losses = [...first["generator loss"].values()];
  expect(losses.length).toBeGreaterThanOrEqual(22);
  expect(new Set(losses).size).toBeGreaterThan(11);
  expect(Number(await textOf(page, "#dispatches"))).toBeGreaterThan(50);
  expect(await textOf(page, "#model-code")).toContain("export function ganStep");

  // Samples over time: the newest, until an older one is chosen.
  expect(await textOf(page, "#sample-caption")).toContain(`after ${await stepOf(page)} steps`);
  const trained = await pictureOf(page, "#samples");
  expect(trained).not.toBe(untrained);
  await page.focus("#scrubber");
  await page.keyboard.press("Home");
  expect(await textOf(page, "#sample-caption")).toBe("before training");
  expect(await pictureOf(page, "#samples")).toBe(untrained);
  await page.keyboard.press("End");
  expect(await pictureOf(page, "#samples")).toBe(trained);

  // What nobody sees is not drawn.
  const explore = () => page.$eval("#explore", (section) => section.scrollIntoView({ block: "center" }));
  expect(await pictureOf(page, "#walk-strip")).toBe(await blankOf(page, "#walk-strip"));
  await explore();
  await untilOther(page, "#walk-strip", await blankOf(page, "#walk-strip"));
  await page.waitForFunction(() => (document.querySelector("#walk-place") as HTMLInputElement).value > "0");
  await expect.poll(() => coloursOf(page, "#walk-large")).toBeGreaterThan(1);
  await page.click("#walk-play");
  expect(await textOf(page, "#walk-label")).toBe("Walk");
  const walked = await pictureOf(page, "#walk-strip");
  // By the keyboard: the sample right of the first becomes A.
  await page.focus("#sample-sheet");
  for (const key of ["ArrowRight", "ArrowDown", "Enter"] as const) await page.keyboard.press(key);
  await explore();
  await untilOther(page, "#walk-strip", walked);
  expect(await page.$eval("#pick-B", (radio) => (radio as HTMLInputElement).checked)).toBe(true);

  await page.click("#sums-tab");
  await untilOther(page, "#sum-result", await blankOf(page, "#sum-result"));
  expect(await pictureOf(page, "#sum-result")).not.toBe(await pictureOf(page, "#sum-a"));
  const before = await pictureOf(page, "#sum-a");
  await page.select("#digit", "7");
  await untilOther(page, "#sum-a", before);

  await page.keyboard.press("Tab");
  await page.focus("#sums-tab");
  await page.keyboard.press("ArrowRight");
  await untilOther(page, "#pad-large", await blankOf(page, "#pad-large"));
  await untilOther(page, "#pad-map", await blankOf(page, "#pad-map"));
  const middle = await pictureOf(page, "#pad-large");
  await page.focus("#latent-pad");
  for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowRight");
  await untilOther(page, "#pad-large", middle);
  expect(await page.$eval("#latent-pad", (pad) => pad.ariaLabel)).toContain("0.5 towards B");

  expect(complaints).toEqual([]);
  await page.close();
});

/** What a canvas of the same size has before anything is painted. */
function blankOf(page: Page, selector: string): Promise<string> {
  return page.$eval(selector, (element) => {
    const { width, height } = element as HTMLCanvasElement;
    const blank = document.createElement("canvas");
    blank.width = width;
    blank.height = height;
    return blank.toDataURL();
  });
}

test("a judge learns meanwhile and scores what is drawn, which is saved with the run", {
  timeout: 120_000,
}, async () => {
  const few = link.replace("generated_200", "generated_100");
  const { page, complaints } = await openPaused(demos, "gan", `${few}&seed=1`);
  await untilText(page, "#judge-note", "learns beside the networks: step 0 of 24");
  await trainUntil(page, 25);
  await untilText(page, "#judge-note", "of real pictures that it has not seen");
  await untilText(page, "#verdict", "On average");
  expect(await textOf(page, "#verdict")).toMatch(/(drawn|mode collapse).* On average the judge is \d/);
  expect(await page.$$eval("#shares .share", (shares) => shares.map((share) => share.textContent))).toEqual(
    Array(10).fill(expect.stringMatching(/^[\d.]+\u00a0%$/)),
  );
  expect(await textOf(page, "#confidence")).toMatch(/^\d+\.\d %$/);

  const step = await stepOf(page);
  await untilText(page, "#kept", `step ${step}`);
  const saved = await savedBytes(page, "#save");
  const files = await readZip(saved);
  expect([...files.keys()]).toEqual([
    "generator.safetensors",
    "discriminator.safetensors",
    "training.safetensors",
    "config.json",
    "history.json",
  ]);
  const { samples } = JSON.parse(new TextDecoder().decode(files.get("history.json")));
  expect(samples.every(({ pixels }: { pixels: string }) => pixels.length < 60_000)).toBe(true);

  await choose(page, "#recipe", "plain");
  await untilRun(page, "told=no&average=0");
  await giveFiles(page, { "run.zip": saved });
  await untilText(page, "#notice-text", `Went on from step ${step} of the file.`);
  expect(await stepOf(page)).toBe(step);
  expect(samples.length).toBeGreaterThan(2);
  const last = await page.$eval("#scrubber", (slider) => Number((slider as HTMLInputElement).max));
  expect(last).toBeGreaterThanOrEqual(samples.length - 1);
  expect(complaints).toEqual([]);
  await page.close();
});

test("it learns any pictures; what it cannot learn is refused, and the run goes on", {
  timeout: 120_000,
}, async () => {
  const { page, complaints } = await openPaused(demos, "gan", `${link}&seed=5`);
  await stepFrom(page, 0);
  const refused = async (files: Record<string, Iterable<number>>, message: string) => {
    await giveFiles(page, files);
    await untilText(page, "#notice-text", message);
  };
  const small = await pngOf(4, () => 9);
  await refused(
    { "poem.txt": Buffer.from("the cat sat") },
    "poem.txt: it is no picture that this browser reads",
  );
  await refused({ "dot.png": small }, "dot.png: it is too small; pictures must have at least 8 x 8 pixels.");
  await refused({ ".DS_Store": small }, "The folder is empty; drop one with pictures");
  await refused({ "one.png": await pngOf(20, () => 9) }, "pictures: there are 1, and batchSize is 8");
  await refused(
    idxFiles(16, [1, 2, 3, 4, 5, 6, 7, 8, 9]),
    "pictures: they are 16 x 16 pixels; networks for 28 x 28 take 28 x 28.",
  );
  await refused(idxFiles(28, Array(10).fill(7)), "pictures: all 10 show the digit 7; the judge");
  await choose(page, "#batchSize", "1");
  await untilText(
    page,
    "#notice-text",
    "BatchSize is 1; it must be at least 2, as batch norm compares pictures",
  );
  expect(await stepOf(page)).toBe(1);
  await stepFrom(page, 1);

  // A folder with one for each class.
  for (const name of ["stripes", "dots"]) {
    mkdirSync(join(folder, name));
    for (let i = 0; i < 8; i++) {
      const shade =
        name === "dots"
          ? (x: number, y: number) => 30 * ((x * y + i) % 8)
          : (x: number) => 60 * ((x + i) % 4);
      writeFileSync(join(folder, name, `${i}.png`), await pngOf(40, shade));
    }
  }
  writeFileSync(join(folder, "stripes", "read me.txt"), "no picture");
  const field = await page.$("input#folder");
  await field?.uploadFile(folder);
  await untilText(page, "#columns-note", "Told in turn to draw dots, stripes");
  await untilText(page, "#notice-text", "Left out: 1 (no picture).");
  expect(await textOf(page, "#picture-count")).toBe("16");
  await expect.poll(() => coloursOf(page, "#real")).toBeGreaterThan(5);
  expect(await page.$$eval("#shares .class-name", (names) => names.map((name) => name.textContent))).toEqual([
    "dots",
    "stripes",
  ]);
  await trainUntil(page, 3);
  await untilText(page, "#kept", `step ${await stepOf(page)}`);
  // The browser keeps pictures, too.
  await reloadPaused(page);
  await untilText(page, "#notice-text", "where this browser kept the run");
  expect(await textOf(page, "#picture-count")).toBe("16");
  expect(await page.$eval("#source-files", (radio) => (radio as HTMLInputElement).checked)).toBe(true);

  // Pictures without classes have no judge.
  const plain = await Promise.all(
    Array.from({ length: 9 }, async (_, i) => [`${i}.png`, await pngOf(30, (x) => 5 * x + i)]),
  );
  await giveFiles(page, Object.fromEntries(plain));
  await untilText(
    page,
    "#judge-note",
    "These pictures have no labels, so no judge can learn what they show.",
  );
  expect(await page.$eval("#conditional", (box) => (box as HTMLInputElement).checked)).toBe(false);
  await stepFrom(page, 0);

  // A browser that has no more room says so, and goes on.
  await page.workers()[0].evaluate(() => {
    FileSystemFileHandle.prototype.getFile = () => Promise.reject(new Error("no"));
    Object.assign(FileSystemFileHandle.prototype, {
      createSyncAccessHandle: () =>
        Promise.reject(new DOMException("There is no room.", "QuotaExceededError")),
    });
  });
  await trainUntil(page, 3);
  await untilText(page, "#kept", "not kept");
  expect(await page.$eval("#kept", (element) => (element as HTMLElement).title)).toBe("There is no room.");

  await page.click("#source-generated");
  await untilRun(page, "pictures=generated_200");
  expect(complaints).toEqual([]);
  await page.close();
});

test("rates that are too large stop it", {
  timeout: 60_000,
}, async () => {
  const wild = link.replace("nonSaturating", "wasserstein").replace(/rates=.*/, "rates=1e30_1e30");
  const { page, complaints } = await open(demos.browser, `${demos.addressOf("gan")}#${wild}&seed=1`);
  await untilText(page, "#notice-text", "numbers were no longer finite, first in ");
  expect(await textOf(page, "#notice-text")).toMatch(/(generator|discriminator)/);
  expect(await textOf(page, "#play-label")).toBe("Play");
  expect(complaints).toEqual([]);
  await page.close();
});
