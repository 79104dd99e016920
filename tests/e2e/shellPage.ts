// Driving what all pages have in common.

import type { Page } from "puppeteer";
import { expect } from "vitest";
import { type DemoServer, open, savedBytes, startMs, stepOf, untilStep } from "./demoPage.ts";

/** Opens a page, paused at its beginning, once the run of `hash` is there. */
export async function openPaused(
  demos: DemoServer,
  name: string,
  hash: string,
): Promise<Awaited<ReturnType<typeof open>>> {
  const opened = await open(demos.browser, `${demos.addressOf(name)}#${hash}`, pauseAtOnce);
  await untilRun(opened.page, hash);
  return opened;
}

/** Loads a page anew, paused from the beginning. */
export async function reloadPaused(page: Page): Promise<void> {
  const { identifier } = await page.evaluateOnNewDocument(pauseAtOnce);
  await page.reload();
  await page.removeScriptToEvaluateOnNewDocument(identifier);
}

/** To be run in a page before its scripts: the key that pauses is pressed as soon as they have run. */
export function pauseAtOnce(): void {
  document.addEventListener("DOMContentLoaded", () => {
    document.dispatchEvent(new KeyboardEvent("keydown", { key: " " }));
  });
}

/** Waits until the address says all that `part` says, and the run is there. */
export async function untilRun(page: Page, part: string): Promise<void> {
  const isThere = (wanted: string) => {
    const given = new URLSearchParams(location.hash.slice(1));
    return [...new URLSearchParams(wanted)].every(([name, value]) => given.get(name) === value);
  };
  await page.waitForFunction(isThere, { timeout: startMs }, part);
  await page.waitForSelector("#save:enabled", { timeout: startMs });
}

/** Waits for the run to stand at its beginning. */
export async function untilBeginning(page: Page): Promise<void> {
  const isThere = () => document.querySelector("#step-count")?.textContent === "0";
  await page.waitForFunction(isThere, { timeout: startMs });
}

/** One step of a paused page whose step count is known. */
export async function stepFrom(page: Page, before: number, button = "#step"): Promise<void> {
  await page.click(button);
  await untilStep(page, before + 1);
  expect(await stepOf(page)).toBe(before + 1);
}

/** Trains a paused page at least until `step`, and pauses it again. */
export async function trainUntil(page: Page, step: number): Promise<void> {
  await page.click("#play");
  await untilStep(page, step);
  await page.click("#play");
  await page.waitForFunction(() => document.querySelector("#play-label")?.textContent === "Play");
  await settled(page);
}

/** Resolves once the step count of a paused page has come to rest. */
export async function settled(page: Page): Promise<void> {
  await page.waitForSelector("#step-count[data-resting]", { timeout: startMs });
}

/** Checks that a page makes no steps, for as long as several would take. */
export async function expectRest(page: Page): Promise<void> {
  const before = await stepOf(page);
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(await stepOf(page)).toBe(before);
}

/** Gives a field another value, as its user would. */
export async function choose(page: Page, selector: string, value: string): Promise<void> {
  await page.$eval(
    selector,
    (field, text) => {
      (field as HTMLSelectElement).value = text;
      field.dispatchEvent(new Event("change"));
    },
    value,
  );
}

/** One run of the exported curves: by the curve's name, its value at each step. */
export type Curves = Readonly<Record<string, ReadonlyMap<number, number>>>;

/** The runs that the page's CSV has, oldest first. */
export async function curvesOf(page: Page): Promise<Curves[]> {
  const text = new TextDecoder().decode(await savedBytes(page, "#chart-tools .csv"));
  const [header, ...lines] = text.trim().split("\r\n").map(cellsOf);
  const runs = new Map<string, Record<string, Map<number, number>>>();
  const stepAt = header.indexOf("step");
  for (const cells of lines) {
    // Runs differ in a setting or in their name.
    const key = cells.slice(0, stepAt).join();
    const run = runs.get(key) ?? {};
    runs.set(key, run);
    header.slice(stepAt + 1).forEach((name, index) => {
      const cell = cells[stepAt + 1 + index];
      run[name] ??= new Map();
      if (cell !== "") run[name].set(Number(cells[stepAt]), Number(cell));
    });
  }
  return [...runs.values()];
}

function cellsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "",
  );
}

/** How many colours a canvas has, looked at here and there. */
export function coloursOf(page: Page, selector: string): Promise<number> {
  return page.$eval(selector, (element) => {
    const canvas = element as HTMLCanvasElement;
    const data = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    const colours = new Set<number>();
    const stride = 4 * Math.max(1, Math.floor(data.length / 20_000));
    for (let i = 0; i < data.length; i += stride) {
      colours.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
    }
    return colours.size;
  });
}

/**
 * Watches the page's main thread from here on; the function returned stops and gives the CPU time of its longest tasks
 * in ms, the longest first. CPU time, not time on the clock: with other tests at the same cores any task may be kept
 * waiting for a second, and a page cannot help that.
 */
export async function watchMainThread(page: Page): Promise<() => Promise<number[]>> {
  await page.tracing.start({ categories: ["toplevel", "disabled-by-default-devtools.timeline"] });
  return async () => {
    const trace = await page.tracing.stop();
    if (trace === undefined) throw new Error("The browser gave no trace.");
    const { traceEvents } = JSON.parse(new TextDecoder().decode(trace)) as { traceEvents: TraceEvent[] };
    const mainThreads = new Set(
      traceEvents
        .filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain")
        .map(({ pid, tid }) => `${pid}:${tid}`),
    );
    return traceEvents
      .filter(({ name, pid, tid }) => name === "RunTask" && mainThreads.has(`${pid}:${tid}`))
      .map(({ tdur = 0 }) => tdur / 1000)
      .sort((a, b) => b - a);
  };
}

/** What is read of an event of Chromium's trace; `tdur` is the CPU time in us. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}
