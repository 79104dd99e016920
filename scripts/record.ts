// `npm run record -- <page>`: trains a page's network in a headless browser, and keeps what its worker said as the
// recorded run that visitors without WebGPU see: demos/<page>/recorded.run.

import { join } from "node:path";
import type { Page } from "puppeteer";
import { createServer } from "vite";
import type { RecordedMessage, Recording } from "../demos/_shell/recording.ts";
import { launchBrowser } from "./browser.ts";
import { repository } from "./buildLibrary.ts";
import { listDemoPages } from "./demoPages.ts";
import { flagValues, whole } from "./train/commandLine.ts";
import { writeAtomically } from "./train/writeAtomically.ts";

const usage = `Usage: npm run record -- PAGE [--steps N] [--hash TEXT]

Records a run of a page for visitors who cannot train: ${listDemoPages().join(", ")}.

  --steps N       steps to record (default 400)
  --hash TEXT     the settings, as the page's share link has them behind "#" (default: the page's own)
  --help          this text`;

const LONGEST_MS = 540_000;
/** How long the recorded run is on the page; a longer one is shown faster. */
const SHOWN_MS = 20_000;
/** Messages of one kind that are kept at most. */
const MOST_OF_A_KIND = 40;
const LARGEST_BYTES = 400_000;

/** What stands in the page while it is recorded. */
interface RecordingWindow extends Window {
  recorded: RecordedMessage[];
}

async function main(args: readonly string[]): Promise<void> {
  const [name = "--help", ...rest] = args;
  if (name === "--help") {
    console.log(usage);
    return;
  }
  if (!listDemoPages().includes(name)) throw new Error(`"${name}" is no page; --help lists them.`);
  const values = flagValues(rest, ["steps", "hash"]);
  const steps = whole(values, "steps", 400, 1);
  const bytes = await record(name, steps, values.get("hash") ?? "");
  if (bytes.length > LARGEST_BYTES) {
    throw new Error(
      `The recorded run has ${bytes.length} bytes, more than ${LARGEST_BYTES}; record fewer steps.`,
    );
  }
  const path = join(repository, "demos", name, "recorded.run");
  await writeAtomically(path, bytes);
  console.log(`wrote ${path}, ${bytes.length} bytes`);
}

async function record(name: string, steps: number, hash: string): Promise<Uint8Array> {
  const server = await createServer({
    configFile: join(repository, "vite.config.ts"),
    server: { port: 0, watch: null, hmr: false },
    logLevel: "error",
  });
  await server.listen();
  const { browser } = await launchBrowser({ screenshots: true });
  try {
    const page = await browser.newPage();
    await page.evaluateOnNewDocument(keepMessages);
    await page.goto(`${server.resolvedUrls?.local[0]}${name}/#${hash}`);
    await untilSteps(page, steps);
    const version = (await browser.version())
      .replace("HeadlessChrome/", "Chromium ")
      .replace("Chrome/", "Chromium ");
    const text = await page.evaluate(encodeInPage, {
      browser: version,
      date: new Date().toISOString().slice(0, 10),
      shownMs: SHOWN_MS,
      most: MOST_OF_A_KIND,
    });
    return Buffer.from(text, "base64");
  } finally {
    await browser.close();
    await server.close();
  }
}

async function untilSteps(page: Page, steps: number): Promise<void> {
  // Until then the page may show an earlier recording.
  await page.waitForSelector("#save:enabled", { timeout: LONGEST_MS });
  const isThere = (wanted: number) =>
    Number(document.querySelector("#step-count")?.textContent?.replace(/\D/g, "")) >= wanted;
  await page.waitForFunction(isThere, { timeout: LONGEST_MS, polling: 200 }, steps);
}

/** In the page, before its own code: each worker's messages are kept with their times. */
function keepMessages(): void {
  const recorded: RecordedMessage[] = [];
  (window as unknown as RecordingWindow).recorded = recorded;
  const Own = window.Worker;
  window.Worker = class extends Own {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      this.addEventListener("message", ({ data }) => {
        recorded.push({ atMs: performance.now(), message: structuredClone(data) });
      });
    }
  };
}

interface EncodeOptions {
  readonly browser: string;
  readonly date: string;
  readonly shownMs: number;
  readonly most: number;
}

/** In the page: what was kept since the last run began, as a recording in base64. */
async function encodeInPage({ browser, date, shownMs, most }: EncodeOptions): Promise<string> {
  const { recorded } = window as unknown as RecordingWindow;
  const modules = {
    recording: "/_shell/recording.ts",
    thinRecording: "/_shell/thinRecording.ts",
  };
  const { encodeRecording } = await import(modules.recording);
  const { thinRecording } = await import(modules.thinRecording);
  const { adapter, messages, speed } = thinRecording(recorded, { shownMs, most });
  const recording: Recording = { version: 1, adapter, browser, date, speed, messages };
  const bytes: Uint8Array = await encodeRecording(recording);
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
