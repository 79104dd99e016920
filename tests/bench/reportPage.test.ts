// The benchmark's report as its reader has it: in a browser, wide and narrow, light and dark.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { reportHtml } from "../../scripts/bench/reportHtml.ts";
import { writeTextFile } from "../../scripts/bench/resultsFiles.ts";
import { launchBrowser } from "../../scripts/browser.ts";
import { open, seriousFaults } from "../e2e/demoPage.ts";
import { measuredRow, resultsWith, variedRows } from "../tooling/benchRows.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "report-"));
});

afterAll(() => rm(folder, { recursive: true }));

test.each([
  [1440, "light"],
  [375, "dark"],
])("at %i pixels, %s, it fits, complains of nothing, and axe finds nothing", async (width, scheme) => {
  const floor = measuredRow("floor-copy", "raw", 8, { bytes: 80e6 });
  const file = join(folder, "report.html");
  await writeTextFile(file, reportHtml(resultsWith([...variedRows(), floor])));
  const { browser } = await launchBrowser({ log: () => undefined });
  try {
    const { page, complaints } = await open(browser, "about:blank");
    await page.setViewport({ width, height: 900 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await page.goto(pathToFileURL(file).href);
    // What is folded up has to be right too.
    await page.$$eval("details", (all) => all.forEach((details) => details.setAttribute("open", "")));
    expect(await seriousFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    // Its policy lets its own style through: without it, everything would stand on the left.
    const colour = await page.$eval("rect.ahead", (bar) => getComputedStyle(bar).fill);
    expect(colour).toBe(scheme === "light" ? "rgb(42, 103, 184)" : "rgb(111, 168, 238)");
    const bars = await page.$$eval(".times rect.mark", (all) =>
      all.map((bar) => bar.getBoundingClientRect().width),
    );
    expect(bars).toHaveLength(variedRows().filter((row) => "medianMs" in row).length + 1);
    for (const bar of bars) expect(bar).toBeGreaterThan(0);
  } finally {
    await browser.close();
  }
});
