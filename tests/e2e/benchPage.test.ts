// The page of the benchmark, built: stored results, the visitor's own run beside them, what fails and what is wrong,
// the saved file, and fit for all screens.

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import puppeteer, { type Page } from "puppeteer";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { peers } from "../../demos/bench/peers.ts";
import { quickSet } from "../../demos/bench/quickSet.ts";
import { keepResults, keptResults } from "../../scripts/bench/resultsFiles.ts";
import { readResults } from "../../scripts/bench/resultsReader.ts";
import { askedFolder } from "../../scripts/demoPages.ts";
import { serveFolder } from "../../scripts/demoPagesBuild.ts";
import {
  type DemoServer,
  open,
  savedBytes,
  seriousFaults,
  serveDemos,
  setVisibility,
  startMs,
  textOf,
  untilText,
} from "./demoPage.ts";

const runMs = 60_000;

let demos: DemoServer;

beforeAll(async () => {
  demos = await serveDemos();
}, startMs);

afterAll(() => demos?.stop());

async function openBench(address = demos.addressOf("bench")) {
  const opened = await open(demos.browser, address);
  await opened.page.waitForSelector("#sections section", { timeout: startMs });
  await opened.page.waitForSelector("#run:enabled", { timeout: startMs });
  return opened;
}

/** Chooses these cases alone, two samples of each. */
async function choose(page: Page, names: readonly string[]): Promise<void> {
  await page.click("#none");
  await page.$$eval(
    "#groups input",
    (boxes, wanted) => {
      for (const box of boxes as HTMLInputElement[]) if (wanted.includes(box.value)) box.click();
    },
    names,
  );
  await page.$eval("#reps", (field) => {
    (field as HTMLInputElement).value = "2";
  });
}

async function untilDone(page: Page): Promise<void> {
  const isOver = () => document.querySelector("#run")?.textContent === "Run on this GPU";
  await page.waitForFunction(isOver, { timeout: runMs });
}

/** Lines of a table's rows, cells by spaces. */
function lines(page: Page, selector: string): Promise<string[]> {
  return page.$$eval(selector, (rows) =>
    rows.map((row) =>
      [...row.children]
        .map((cell) => cell.textContent?.trim() ?? "")
        .filter(Boolean)
        .join(" "),
    ),
  );
}

/** The built pages with a change to the scripts that `pattern` names. */
async function serveChanged(change: (folder: string) => void) {
  const folder = mkdtempSync(join(tmpdir(), "tilegrad-bench-page-"));
  const gallery = join(folder, "gallery");
  cpSync(inject("builtDemos"), gallery, { recursive: true });
  change(gallery);
  const server = await serveFolder(gallery);
  return {
    address: `${server.url}bench/`,
    async stop() {
      await server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function replaceIn(gallery: string, script: RegExp, text: string, other: string): void {
  const folder = join(gallery, "assets");
  const [name] = readdirSync(folder).filter((file) => script.test(file));
  const before = readFileSync(join(folder, name), "utf8");
  expect(before).toContain(text);
  writeFileSync(join(folder, name), before.replace(text, other));
}

test("before anything is run, stored results of the quick set are there, with whose they are", async () => {
  const { page, complaints } = await openBench();
  const names = await page.$$eval("#sections .case th", (all) => all.map(({ textContent }) => textContent));
  expect([...names].sort()).toEqual([...quickSet].sort());
  const whose = await page.$$eval("#sections tbody tr:not(.case)", (all) =>
    all.map(({ className }) => className),
  );
  expect(new Set(whose)).toEqual(new Set(["stored"]));
  expect(whose.length).toBeGreaterThan(2 * quickSet.length);
  const [first] = await keptResults();
  expect(await textOf(page, "#facts")).toContain(first.results.adapter.replace(/^\w+ /, ""));
  expect(await textOf(page, "#report")).toContain(first.results.date.slice(0, 10));
  expect(await page.$("#save:enabled, #copy:enabled")).toBeNull();
  // What is chosen besides is shown too.
  await choose(page, ["pool", "maxpool-forward"]);
  expect(await page.$$eval("#sections .case th", (all) => all.map(({ textContent }) => textContent))).toEqual(
    ["maxpool-forward"],
  );
  expect(complaints).toEqual([]);
  await page.close();
});

test("cases are run, compared with the stored ones, and saved as the command line has them", {
  timeout: 120_000,
}, async () => {
  const { page, complaints } = await openBench();
  await choose(page, ["floor-submit", "matmul-row", "matmul-4096"]);
  await page.$eval('#peers input[value="jax"]', (box) => (box as HTMLInputElement).click());
  await page.click("#run");
  await untilText(page, "#run", "Stop");
  await untilText(page, "#progress", "Case 2 of 2: matmul-row");
  await untilDone(page);
  expect(await textOf(page, "#progress")).toContain("Measured.");
  expect(await textOf(page, "#left-out")).toContain("matmul-4096");
  const [stored, own, , peer] = await lines(page, "#group-matmul tbody:last-of-type tr:not(.case)");
  expect(stored).toMatch(/^tilegrad stored \d[\d.]* ± /);
  expect(own).toMatch(/^tilegrad yours \d[\d.]* ± .* \d[\d.]* ×$/);
  // Its time by tilegrad's of this run, and its speed by the stored one's.
  expect(peer).toMatch(/^jax-js yours .* [\d.]+ × [\d.]+ ×$/);
  expect(await lines(page, "#group-floor tr.own")).toEqual([expect.stringMatching(/^raw WebGPU yours /)]);
  expect(await textOf(page, "#facts .overall")).toMatch(/× as fast as stored: geometric mean of one case$/);
  expect(await textOf(page, "#adapter")).toBe("Software GPU");
  expect(await seriousFaults(page)).toEqual([]);

  const bytes = await savedBytes(page, "#save");
  const saved = readResults(bytes, "saved.json");
  expect(saved.cases.map((row) => `${row.case} ${row.engine}`)).toEqual([
    "floor-submit raw",
    "matmul-row ours",
    "matmul-row jax",
  ]);
  for (const row of saved.cases) expect(row).toMatchObject({ samples: 2, date: saved.date });
  const [kept] = await keptResults();
  const { adapter, scale, profile } = kept.results;
  expect(saved).toMatchObject({ adapter, scale, profile });
  expect(saved.browser).toBe(await demos.browser.version().then((name) => name.replace("Headless", "")));
  expect(Date.now() - Date.parse(saved.date)).toBeLessThan(runMs);
  const folder = mkdtempSync(join(tmpdir(), "tilegrad-kept-"));
  expect((await keepResults(saved, folder)).results).toEqual(saved);
  rmSync(folder, { recursive: true });
  expect(await textOf(page, "#text pre")).toMatch(/^software .*\n\ncase +engine[\s\S]*matmul-row +jax/);
  expect(complaints).toEqual([]);
  await page.close();
});

test("a run can be stopped, and what was measured stays", { timeout: 90_000 }, async () => {
  const { page, complaints } = await openBench();
  await choose(page, ["floor-submit", "train-mlp"]);
  await page.click("#run");
  await untilText(page, "#progress", "Case 2 of 2: train-mlp");
  await page.click("#run");
  await untilText(page, "#progress", "Stopped.");
  expect(await textOf(page, "#run")).toBe("Run on this GPU");
  // The browser tells of a worker that was ended a little later.
  await expect.poll(() => page.workers().length, { timeout: 20_000 }).toBe(0);
  expect(await lines(page, "#group-floor tr.own")).toHaveLength(1);
  expect(await lines(page, "#group-train tr.own")).toHaveLength(0);
  await choose(page, []);
  await page.click("#run");
  await untilText(page, "#progress", "No case is chosen");
  expect(complaints).toEqual([]);
  await page.close();
});

test("nothing is timed while the page is out of sight", { timeout: 90_000 }, async () => {
  const { page, complaints } = await openBench();
  await choose(page, ["floor-submit"]);
  await setVisibility(page, "hidden");
  await page.click("#run");
  await untilText(page, "#doing", "waits until this page is in sight");
  // It would have been done long since.
  await new Promise((resolve) => setTimeout(resolve, 3000));
  expect(await lines(page, "#group-floor tr.own")).toEqual([]);
  await setVisibility(page, "visible");
  await untilDone(page);
  expect(await lines(page, "#group-floor tr.own")).toHaveLength(1);
  expect(complaints).toEqual([]);
  await page.close();
});

test("a wrong result is shown as wrong and not timed; an engine that does not load leaves the rest running", {
  timeout: 90_000,
}, async () => {
  const changed = await serveChanged((gallery) => {
    replaceIn(gallery, /^raw-/, "count[0] += 1", "count[0] += 2");
    const [jax] = readdirSync(join(gallery, askedFolder)).filter((name) => name.startsWith("jax"));
    rmSync(join(gallery, askedFolder, jax));
  });
  const { page } = await openBench(changed.address);
  await choose(page, ["floor-submit", "floor-copy", "matmul-row"]);
  await page.$eval('#peers input[value="jax"]', (box) => (box as HTMLInputElement).click());
  await page.click("#run");
  await untilDone(page);
  const [submit, copy] = await lines(page, "#group-floor tr.own");
  expect(submit).toMatch(/^raw WebGPU yours wrong count: element 0 of \[1\] is 2; it is 1 within/);
  expect(copy).toMatch(/^raw WebGPU yours \d[\d.]* ± /);
  const [own, peer] = await lines(page, "#group-matmul tr.own");
  expect(own).toMatch(/^tilegrad yours \d[\d.]* ± /);
  expect(peer).toMatch(/^jax-js yours failed: .*module/);
  expect(readResults(await savedBytes(page, "#save"), "saved.json").cases).toHaveLength(4);
  await page.close();
  await changed.stop();
});

test("a device that goes away takes its case with it, and no other", { timeout: 90_000 }, async () => {
  const changed = await serveChanged((gallery) =>
    replaceIn(gallery, /^raw-/, "?.requestDevice()", "?.requestDevice().then((d) => (d.destroy(), d))"),
  );
  const { page } = await openBench(changed.address);
  await choose(page, ["floor-submit", "matmul-row"]);
  await page.click("#run");
  await untilDone(page);
  expect(await lines(page, "#group-floor tr.own")).toEqual([expect.stringContaining("yours failed: ")]);
  expect(await lines(page, "#group-matmul tr.own")).toEqual([expect.stringMatching(/^tilegrad yours \d/)]);
  await page.close();
  await changed.stop();
});

test("without a GPU it says why, and shows what is stored", { timeout: 60_000 }, async () => {
  const { executablePath } = demos;
  const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    const { page, complaints } = await open(browser, demos.addressOf("bench"));
    await page.waitForSelector("#run:enabled", { timeout: startMs });
    await page.waitForSelector("#group-matmul tr.stored", { timeout: startMs });
    await page.click("#run");
    await page.waitForSelector("#trouble:not([hidden])", { timeout: startMs });
    expect(await textOf(page, "#trouble-title")).toMatch(/no WebGPU|offers no GPU/);
    expect(await textOf(page, "#run")).toBe("Run on this GPU");
    expect(await seriousFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
  } finally {
    await browser.close();
  }
});

test("it is fit to be used by all, on all screens", { timeout: 60_000 }, async () => {
  const { page, complaints } = await openBench();
  await page.$$eval("details", (all) => all.forEach((details) => details.setAttribute("open", "")));
  for (const scheme of ["light", "dark"]) {
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    expect(await seriousFaults(page)).toEqual([]);
  }
  for (const width of [1440, 1001, 1000, 721, 375]) {
    await page.setViewport({ width, height: 900 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    const dots = await page.$$eval("#sections .dot", (all) =>
      all.map((dot) => dot.getBoundingClientRect().x),
    );
    expect(Math.max(...dots)).toBeLessThan(width);
    expect(Math.min(...dots)).toBeGreaterThan(0);
  }
  expect(await seriousFaults(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await page.close();
});

test("engines that are asked for are as large as the page says", () => {
  const folder = join(inject("builtDemos"), askedFolder);
  const kilobytes = (start: string) => {
    const names = readdirSync(folder).filter((name) => name.startsWith(start));
    expect(names.length).toBeGreaterThan(0);
    return names.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length / 1000, 0);
  };
  // What jax-js loads for WebGPU is a file of its own.
  const sizes = { jax: kilobytes("jax-") + kilobytes("webgpu-"), tfjs: kilobytes("tfjs-") };
  for (const { engine, kilobytes: told } of peers)
    expect(Math.abs(sizes[engine] / told - 1)).toBeLessThan(0.05);
});
