// Makes the thumbnails of the index: opens each built page, lets it train, and takes a picture of its stage.
//
//   tsx scripts/thumbnails.ts [NAME…]   of these pages, else of all
//
// Decides: how long a page trains, where it does, and what is shown: the middle of what is marked `data-thumbnail`, with
// room around it where that is "framed", else the top of the stage.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page, ScreenshotClip } from "puppeteer";
import { launchBrowser } from "./browser.ts";
import { demosFolder, listDemoPages, thumbnailPath } from "./demoPages.ts";
import { buildDemoPages, serveFolder } from "./demoPagesBuild.ts";

const WIDTH = 640;
const HEIGHT = 400;
const LIMIT_BYTES = 60_000;
const STEPS = 40;
const TRAINING_MS = 30_000;
const TIME_LIMIT_MS = 60_000;
/** Around the stage, and what is framed, so that nothing touches the edge. */
const MARGIN = 16;
/** For what is drawn anew after a change, each in a frame of its own. */
const SETTLE_MS = 1500;

const folder = mkdtempSync(join(tmpdir(), "tilegrad-thumbnails-"));
try {
  buildDemoPages(join(folder, "gallery"));
  const server = await serveFolder(join(folder, "gallery"));
  const { browser } = await launchBrowser({ screenshots: true });
  try {
    const wanted = process.argv.slice(2);
    for (const name of wanted.length > 0 ? wanted : listDemoPages()) await take(browser, server.url, name);
  } finally {
    await browser.close();
    await server.close();
  }
} finally {
  rmSync(folder, { recursive: true });
}

async function take(browser: Browser, url: string, name: string): Promise<void> {
  const page = await browser.newPage();
  await page.setViewport({ width: 1440, height: 1000 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "light" }]);
  await page.goto(`${url}${name}/`);
  const trained = (await page.$("#play")) === null ? await waitForMarked(page) : await train(page);
  await page.$eval("#examples button", (button) => (button as HTMLElement).click()).catch(() => undefined);
  mkdirSync(join(demosFolder, "thumbnails"), { recursive: true });
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const picture = await picture16to10(page);
    writeFileSync(join(demosFolder, thumbnailPath(name, scheme)), picture);
    console.log(`${thumbnailPath(name, scheme)}: ${picture.length} bytes, after ${trained} steps`);
  }
  await page.close();
}

/** Lets the page train, and pauses it; gives the steps that it made. */
async function train(page: Page): Promise<number> {
  const enough = (wanted: number) =>
    Number(document.querySelector("#step-count")?.textContent?.replace(/\D/g, "")) >= wanted;
  // Until then the page shows a recorded run.
  await page.waitForSelector("#save:enabled", { timeout: TIME_LIMIT_MS });
  await Promise.all([
    page.waitForFunction(enough, { timeout: TIME_LIMIT_MS }, STEPS),
    new Promise((resolve) => setTimeout(resolve, TRAINING_MS)),
  ]);
  await page.click("#play");
  return page.$eval("#step-count", (element) => Number(element.textContent?.replace(/\D/g, "")));
}

/** Of a page that trains nothing; gives the steps that it made. */
async function waitForMarked(page: Page): Promise<number> {
  await page.waitForSelector("[data-thumbnail]", { timeout: TIME_LIMIT_MS });
  return 0;
}

/** The best quality that is small enough. */
async function picture16to10(page: Page): Promise<Uint8Array> {
  const clip = await page.evaluate(clipOf, HEIGHT / WIDTH, MARGIN);
  const scale = WIDTH / clip.width;
  for (let quality = 90; quality > 20; quality -= 10) {
    const picture = await page.screenshot({ type: "webp", quality, clip: { ...clip, scale } });
    if (picture.length <= LIMIT_BYTES) return picture;
  }
  throw new Error(`${page.url()}: its thumbnail does not come below ${LIMIT_BYTES} bytes.`);
}

/** What is taken, in the page's pixels. Runs in the page. */
function clipOf(ratio: number, margin: number): ScreenshotClip {
  const marked = document.querySelector("[data-thumbnail]");
  const isFramed = marked === null || marked.getAttribute("data-thumbnail") === "framed";
  const shown = marked ?? document.querySelector("#picture");
  if (shown === null) throw new Error("The page has no stage.");
  const box = shown.getBoundingClientRect();
  const around = isFramed ? margin : 0;
  // Whole pixels, or a row could be lost to rounding.
  const width = Math.floor((box.width + 2 * around) / 8) * 8;
  const height = width * ratio;
  const below = marked === null ? -around : (box.height - height) / 2;
  const [x, y] = [box.x + scrollX - around, box.y + scrollY + below].map(Math.round);
  return { x, y, width, height };
}
