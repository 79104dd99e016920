// The page demos/digits in a browser: it trains, obeys its controls, reads drawings, and says what is wrong.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import puppeteer, { type Browser, type Page } from "puppeteer";
import { createServer, type ViteDevServer } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { centreDigit } from "../../demos/digits/centreDigit.ts";
import { launchBrowser } from "../../scripts/browser.ts";
import { generateDigits } from "../../src/data/generateDigits.ts";
import { writeIdx } from "../../src/formats/idx.ts";
import { readSafetensors } from "../../src/formats/safetensors.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const startMs = 30_000;

let server: ViteDevServer;
let browser: Browser;
let executablePath: string;
let address: string;

beforeAll(async () => {
  server = await createServer({
    configFile: `${repository}vite.config.ts`,
    server: { port: 0, watch: null },
    logLevel: "error",
  });
  await server.listen();
  address = `${server.resolvedUrls?.local[0]}digits/`;
  ({ browser, executablePath } = await launchBrowser({ screenshots: true, log: () => undefined }));
}, startMs);

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** A page, and all that it complains about. */
async function open(owner: Browser, hash: string): Promise<{ page: Page; complaints: string[] }> {
  const page = await owner.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("requestfailed", (request) => complaints.push(`${request.url()} failed`));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warn") complaints.push(message.text());
  });
  await page.setViewport({ width: 1280, height: 900 });
  await page.goto(address + hash);
  return { page, complaints };
}

function textOf(page: Page, selector: string): Promise<string> {
  return page.$eval(selector, (element) => element.textContent ?? "");
}

async function stepOf(page: Page): Promise<number> {
  return Number((await textOf(page, "#step-count")).replace(/\D/g, ""));
}

/** Waits until the page has done at least `least` steps. */
async function untilStep(page: Page, least: number): Promise<void> {
  const isThere = (wanted: number) =>
    Number(document.querySelector("#step-count")?.textContent?.replace(/\D/g, "")) >= wanted;
  await page.waitForFunction(isThere, { timeout: startMs }, least);
}

async function untilReady(page: Page): Promise<void> {
  await page.waitForSelector("#download:enabled", { timeout: startMs });
}

/** Makes one step from a paused page whose step count is known, and gives the training loss of it. */
async function stepFrom(page: Page, before: number): Promise<number> {
  await page.keyboard.press(".");
  await untilStep(page, before + 1);
  expect(await stepOf(page)).toBe(before + 1);
  return Number(await textOf(page, "#train-loss"));
}

function probabilitiesOf(page: Page): Promise<number[]> {
  return page.$$eval("#answer [role=meter]", (meters) =>
    meters.map(({ ariaValueNow }) => Number(ariaValueNow)),
  );
}

async function drawOne(page: Page): Promise<void> {
  const box = await (await page.$("#pad"))?.boundingBox();
  if (!box) throw new Error("There is no pad.");
  await page.mouse.move(box.x + 0.5 * box.width, box.y + 0.15 * box.height);
  await page.mouse.down();
  await page.mouse.move(box.x + 0.48 * box.width, box.y + 0.85 * box.height, { steps: 8 });
  await page.mouse.up();
}

async function seriousFaults(page: Page): Promise<string[]> {
  const source = await readFile(`${repository}node_modules/axe-core/axe.min.js`, "utf8");
  // By the debugger, because the page's own policy lets no foreign script in.
  await page.evaluate(source);
  const results: unknown = await page.evaluate("axe.run(document, { resultTypes: ['violations'] })");
  const { violations } = results as {
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  };
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

test("the page trains, obeys, and reads what is drawn", { timeout: 60_000 }, async () => {
  const { page, complaints } = await open(browser, "#seed=3&batch=16&digits=500");
  await page.keyboard.press("Space");
  await untilReady(page);
  expect(await stepOf(page)).toBe(0);

  const firstLoss = await stepFrom(page, 0);
  expect(firstLoss).toBeGreaterThan(2);
  await stepFrom(page, 1);

  await page.click("#play");
  await untilStep(page, 50);
  await page.click("#play");
  await page.waitForFunction(() => document.querySelector("#play-label")?.textContent === "Play");
  await new Promise((resolve) => setTimeout(resolve, 400));
  const paused = await stepOf(page);
  expect(Number(await textOf(page, "#test-loss"))).toBeLessThan(0.8 * firstLoss);
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(await stepOf(page)).toBe(paused);

  const before = await probabilitiesOf(page);
  await page.click("#clear");
  expect(await probabilitiesOf(page)).toEqual(Array(10).fill(0));
  await drawOne(page);
  await page.waitForSelector("#answer .best");
  const after = await probabilitiesOf(page);
  expect(after).toHaveLength(10);
  expect(after).not.toEqual(before);
  expect(after.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 5);

  expect(await seriousFaults(page)).toEqual([]);

  await page.keyboard.press("r");
  await untilReady(page);
  expect(await stepOf(page)).toBe(0);
  expect(await stepFrom(page, 0)).toBe(firstLoss);

  await page.$eval("#seed", (input) => {
    (input as HTMLInputElement).value = "4";
    input.dispatchEvent(new Event("change"));
  });
  await untilReady(page);
  await page.focus("#clear");
  expect(await stepFrom(page, 0)).not.toBe(firstLoss);
  expect(new URL(page.url()).hash).toContain("seed=4");

  const { tensors, metadata } = readSafetensors(await downloadedWeights(page));
  expect(tensors.get("0.weight")?.shape).toEqual([6, 1, 5, 5]);
  expect(tensors.get("11.bias")?.shape).toEqual([10]);
  expect(metadata.get("step")).toBe("1");

  expect(complaints).toEqual([]);
  await page.close();
});

/** What the download button would have the browser save. */
async function downloadedWeights(page: Page): Promise<Uint8Array> {
  const values = await page.evaluate(async () => {
    const saved = new Promise<Blob>((resolve) => {
      URL.createObjectURL = (blob) => {
        resolve(blob as Blob);
        return "#";
      };
    });
    (document.querySelector("#download") as HTMLButtonElement).click();
    return [...new Uint8Array(await (await saved).arrayBuffer())];
  });
  return Uint8Array.from(values);
}

test("MNIST files are trained on, and wrong files are told", { timeout: 60_000 }, async () => {
  const { page, complaints } = await open(browser, "#batch=8&digits=100");
  await untilReady(page);
  await giveFiles(page, { "holiday.jpg": [1, 2, 3] });
  await untilMessage(page, "no file has an MNIST name");
  await untilStep(page, 1);

  const files: Record<string, number[]> = {};
  for (const [part, count] of [
    ["train", 40],
    ["t10k", 20],
  ] as const) {
    const { images, labels } = generateDigits({ count, seed: 9 });
    files[`${part}-images-idx3-ubyte`] = [...writeIdx({ shape: [count, 28, 28], data: images })];
    files[`${part}-labels-idx1-ubyte`] = [...writeIdx({ shape: [count], data: labels })];
  }
  await giveFiles(page, files);
  await untilMessage(page, "Read 40 training and 20 test pictures.");
  await page.waitForFunction(() => (document.querySelector("#count") as HTMLSelectElement).value === "40", {
    timeout: startMs,
  });
  await untilStep(page, 1);
  expect(complaints).toEqual([]);
  await page.close();
});

/** Chooses files by the page's own control. */
async function giveFiles(page: Page, files: Record<string, number[]>): Promise<void> {
  await page.evaluate((given) => {
    const transfer = new DataTransfer();
    for (const [name, bytes] of Object.entries(given)) {
      transfer.items.add(new File([Uint8Array.from(bytes)], name));
    }
    const input = document.querySelector("#files") as HTMLInputElement;
    input.files = transfer.files;
    input.dispatchEvent(new Event("change"));
  }, files);
}

async function untilMessage(page: Page, text: string): Promise<void> {
  const isThere = (wanted: string) => document.querySelector("#files-message")?.textContent?.includes(wanted);
  await page.waitForFunction(isThere, { timeout: 10_000 }, text);
}

test("a hidden page waits, and a lost device is told and can be replaced", { timeout: 60_000 }, async () => {
  const { page } = await open(browser, "#batch=8&digits=100");
  await untilStep(page, 1);
  await setVisibility(page, "hidden");
  await new Promise((resolve) => setTimeout(resolve, 400));
  const hidden = await stepOf(page);
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(await stepOf(page)).toBe(hidden);
  await setVisibility(page, "visible");
  await untilStep(page, hidden + 1);

  await page.workers()[0].evaluate(() => {
    const { createCommandEncoder } = GPUDevice.prototype;
    GPUDevice.prototype.createCommandEncoder = function (descriptor) {
      this.destroy();
      return createCommandEncoder.call(this, descriptor);
    };
  });
  await page.waitForSelector("#trouble:not([hidden])", { timeout: 10_000 });
  expect(await textOf(page, "#trouble-title")).toBe("The GPU went away");
  await page.click("#trouble-retry");
  await untilStep(page, 1);
  expect(await page.$eval("#trouble", (element) => element.hasAttribute("hidden"))).toBe(true);
  await page.close();
});

async function setVisibility(page: Page, state: DocumentVisibilityState): Promise<void> {
  await page.evaluate((value) => {
    Object.defineProperty(document, "visibilityState", { value, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);
}

test("without a GPU the page says so", { timeout: 30_000 }, async () => {
  const bare = await puppeteer.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const { page } = await open(bare, "");
    await page.waitForSelector("#trouble:not([hidden])", { timeout: 10_000 });
    expect(await textOf(page, "#trouble-title")).toMatch(/offers no GPU|has no WebGPU/);
    expect(await seriousFaults(page)).toEqual([]);
  } finally {
    await bare.close();
  }
});

test("a drawing is scaled to 20 pixels and centred by its mass", () => {
  const size = 100;
  const ink = new Uint8Array(size * size);
  for (let y = 10; y < 90; y++) for (let x = 60; x < 70; x++) ink[y * size + x] = 255;
  const picture = centreDigit(ink, size) ?? new Uint8Array();
  const rows = Array.from({ length: 28 }, (_, y) => Math.max(...picture.subarray(28 * y, 28 * y + 28)));
  expect(rows.map((value) => value > 0)).toEqual(Array.from({ length: 28 }, (_, y) => y >= 4 && y < 24));
  let [mass, momentX, momentY] = [0, 0, 0];
  picture.forEach((value, index) => {
    mass += value;
    momentX += value * ((index % 28) + 0.5);
    momentY += value * (Math.floor(index / 28) + 0.5);
  });
  expect(momentX / mass).toBeCloseTo(14, 1);
  expect(momentY / mass).toBeCloseTo(14, 1);
  // 80 x 10 pixels of ink become 20 x 2.5.
  expect(mass / 255).toBeCloseTo(50, 0);
  expect(centreDigit(new Uint8Array(size * size), size)).toBeUndefined();
});
