// The index in a browser: it shows every page, each by a thumbnail, and leads to it. And what holds of all built pages.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "puppeteer";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { demosFolder, listDemoPages, thumbnailPath } from "../../scripts/demoPages.ts";
import { limitBytes, policyFaults, printWeights, weighDemoPages } from "../../scripts/demoPagesBuild.ts";
import { type DemoServer, open, seriousFaults, serveDemos, startMs, textOf } from "./demoPage.ts";

const schemes = ["light", "dark"] as const;

let demos: DemoServer;

beforeAll(async () => {
  demos = await serveDemos();
}, startMs);

afterAll(() => demos?.stop());

async function setScheme(page: Page, value: string): Promise<void> {
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value }]);
}

/** The pictures of the cards as they are shown: address, size, and how many colours they have at a raster of points. */
function picturesOf(page: Page) {
  return page.$$eval(".card img", (images) =>
    Promise.all(
      images.map(async (element) => {
        const image = element as HTMLImageElement;
        await image.decode();
        const { naturalWidth: width, naturalHeight: height, currentSrc: address } = image;
        const canvas = new OffscreenCanvas(width, height);
        const context = canvas.getContext("2d");
        context?.drawImage(image, 0, 0);
        const pixels = new Uint32Array(context?.getImageData(0, 0, width, height).data.buffer ?? []);
        const colours = new Set<number>();
        for (let i = 0; i < pixels.length; i += 37) colours.add(pixels[i]);
        const brightness = pixels.reduce((sum, pixel) => sum + ((pixel >> 8) & 255), 0) / pixels.length;
        return { address, width, height, colours: colours.size, brightness };
      }),
    ),
  );
}

test("the index shows every page and leads to it", { timeout: 60_000 }, async () => {
  const { page, complaints } = await open(demos.browser, demos.addressOf(""));
  const names = listDemoPages();
  expect(names.length).toBeGreaterThan(2);
  const cards = await page.$$eval(".card", (links) =>
    links.map((link) => ({
      address: (link as HTMLAnchorElement).href,
      title: link.querySelector("h2")?.textContent,
    })),
  );
  expect(cards.map(({ address }) => address)).toEqual(names.map((name) => demos.addressOf(name)));

  for (const width of [375, 1440]) {
    await page.setViewport({ width, height: 900 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  }
  for (const scheme of schemes) {
    await setScheme(page, scheme);
    expect(await seriousFaults(page)).toEqual([]);
  }
  // What the pages themselves complain of is for their own tests; here they are left while they load.
  expect(complaints).toEqual([]);
  for (const [index, name] of names.entries()) {
    await Promise.all([page.waitForNavigation(), page.click(`.card[href="./${name}/"]`)]);
    expect(page.url().split("#")[0]).toBe(demos.addressOf(name));
    expect(await textOf(page, "h1")).toBe(cards[index].title);
    await Promise.all([page.waitForNavigation(), page.click(".bar .name a")]);
    expect(page.url()).toBe(demos.addressOf(""));
  }
  await page.close();
});

test("each page has a thumbnail in both colour schemes", { timeout: 60_000 }, async () => {
  const { page } = await open(demos.browser, demos.addressOf(""));
  const brightnesses: number[][] = [];
  for (const scheme of schemes) {
    for (const name of listDemoPages()) {
      const sizeBytes = readFileSync(join(demosFolder, thumbnailPath(name, scheme))).length;
      expect(sizeBytes, name).toBeLessThanOrEqual(60_000);
    }
    await setScheme(page, scheme);
    await page.reload();
    const pictures = await picturesOf(page);
    for (const { address, width, height, colours } of pictures) {
      expect(address).toMatch(scheme === "dark" ? /\.dark-[\w-]+\.webp$/ : /\/[\w]+-[\w-]+\.webp$/);
      expect([width, height], address).toEqual([640, 400]);
      expect(colours, address).toBeGreaterThan(30);
    }
    brightnesses.push(pictures.map(({ brightness }) => brightness));
  }
  const [light, dark] = brightnesses;
  expect(light.every((value, index) => value > dark[index] + 50)).toBe(true);
  await page.close();
});

test("no page has anything inline, from elsewhere, or too heavy", () => {
  const folder = inject("builtDemos");
  const pages = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) =>
    path.endsWith(".html"),
  );
  expect(pages).toHaveLength(listDemoPages().length + 1);
  for (const path of pages) expect(policyFaults(readFileSync(join(folder, path), "utf8")), path).toEqual([]);
  const weights = weighDemoPages(folder);
  expect(weights).toHaveLength(pages.length);
  for (const { page, sizeBytes, files } of weights) {
    expect(sizeBytes, printWeights(weights)).toBeLessThanOrEqual(limitBytes);
    if (page === "") continue;
    // Its own markup and style, its script, and the worker with the engine: a weight without these is none.
    for (const ending of [/\.html$/, /\.css$/, /index-[^/]*\.js$/, /worker-[^/]*\.js$/])
      expect(
        files.some((file) => ending.test(file)),
        `${page}: ${ending}`,
      ).toBe(true);
    expect(sizeBytes).toBeGreaterThan(50_000);
  }
});
