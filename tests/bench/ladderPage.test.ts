// The page of the ladders, built: stored figures, sources, the visitor's own run, and fit for all screens.

import type { Page } from "puppeteer";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ladders } from "../../bench/kernels/ladders.ts";
import { kernelNames, rungNames } from "../../bench/kernels/rung.ts";
import {
  type DemoServer,
  open,
  seriousFaults,
  serveDemos,
  startMs,
  textOf,
  untilText,
} from "../e2e/demoPage.ts";

let demos: DemoServer;

beforeAll(async () => {
  demos = await serveDemos();
}, startMs);

afterAll(() => demos?.stop());

async function openLadder(): Promise<{ page: Page; complaints: string[] }> {
  const opened = await open(demos.browser, demos.addressOf("ladder"));
  await opened.page.waitForSelector("#run:enabled", { timeout: startMs });
  return opened;
}

function choose(page: Page, kernel: string, rung: number): Promise<void> {
  return page.$$eval(`#${kernel} .choose`, (buttons, at) => (buttons[at] as HTMLElement).click(), rung);
}

test("every rung has figures, a sentence and its source", { timeout: 60_000 }, async () => {
  const { page, complaints } = await openLadder();
  await page.setViewport({ width: 1440, height: 900 });
  for (const kernel of kernelNames) {
    const values = await page.$$eval(`#${kernel} .stored .value`, (all) =>
      all.map(({ textContent }) => textContent),
    );
    expect(values).toHaveLength(rungNames(ladders[kernel]).length);
    for (const value of values) expect(value).toMatch(/GFLOP\/s, .+ GB\/s, .+ ms$|has no subgroups/);
    const sentences = await page.$$eval(`#${kernel} .rung p.small`, (all) =>
      all.map(({ textContent }) => textContent?.length ?? 0),
    );
    expect(Math.min(...sentences)).toBeGreaterThan(60);
  }
  await choose(page, "matmul", 3);
  const source = await textOf(page, "#matmul .source");
  expect(source).toContain("What changes from “Quads”");
  expect(source).toContain("+   var sum0 = vec4<f32>();");
  await page.click("#matmul .source summary");
  await untilText(page, "#matmul details", "// 4_registers: y[i, j]");
  await choose(page, "matmul", ladders.matmul.rungs.length);
  expect(await textOf(page, "#matmul .source")).toContain("matmul(a, b)");
  await page.click("#matmul .source summary");
  await untilText(page, "#matmul details", "// matmul_");
  expect(complaints).toEqual([]);
  await page.close();
});

test("it is fit to be used by all, on all screens", { timeout: 60_000 }, async () => {
  const { page, complaints } = await openLadder();
  for (const scheme of ["light", "dark"]) {
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    expect(await seriousFaults(page)).toEqual([]);
  }
  for (const width of [1440, 375]) {
    await page.setViewport({ width, height: 900 });
    await choose(page, "conv2d", 4);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  }
  expect(await page.$("#conv2d .rung .source")).not.toBeNull();
  expect(await seriousFaults(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await page.close();
});

test("the visitor's own GPU is measured beside the stored figures, until it is stopped", {
  timeout: 90_000,
}, async () => {
  const { page, complaints } = await openLadder();
  expect(await page.$("#matmul .own:not([hidden])")).toBeNull();
  await page.click("#run");
  await page.waitForSelector("#matmul .own:not([hidden])", { timeout: 60_000 });
  const values = await page.$$eval("#matmul .own .value", (all) => all.map(({ textContent }) => textContent));
  expect(values).toHaveLength(rungNames(ladders.matmul).length);
  for (const value of values) expect(value).toMatch(/GFLOP\/s/);
  expect(await page.$eval("#adapter", ({ textContent }) => textContent)).not.toBe("");
  await page.click("#run");
  await untilText(page, "#progress", "Stopped.");
  expect(await textOf(page, "#run")).toBe("Run on this GPU");
  expect(complaints).toEqual([]);
  await page.close();
});
