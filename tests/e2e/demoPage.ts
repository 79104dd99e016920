// Driving a demo page in a browser: opening it, waiting for its steps, and what is wrong with it.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "puppeteer";
import { inject } from "vitest";
import { launchBrowser } from "../../scripts/browser.ts";
import { serveFolder } from "../../scripts/demoPagesBuild.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));

export const startMs = 30_000;

/** The built demos on a server of their own, and a browser that can train. */
export interface DemoServer {
  readonly browser: Browser;
  readonly executablePath: string;
  /** The address of the page in folder `name`; of the index where that is empty. */
  addressOf(name: string): string;
  stop(): Promise<void>;
}

export async function serveDemos(): Promise<DemoServer> {
  const server = await serveFolder(inject("builtDemos"));
  const { browser, executablePath } = await launchBrowser({ screenshots: true, log: () => undefined });
  return {
    browser,
    executablePath,
    addressOf: (name) => (name === "" ? server.url : `${server.url}${name}/`),
    async stop() {
      await browser.close();
      await server.close();
    },
  };
}

/** A page, and all that it complains about. `first` runs in it before its own scripts, this once. */
export async function open(
  owner: Browser,
  address: string,
  first: () => void = () => undefined,
): Promise<{ page: Page; complaints: string[] }> {
  const page = await owner.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("requestfailed", (request) => complaints.push(`${request.url()} failed`));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warn") complaints.push(message.text());
  });
  await page.setViewport({ width: 1280, height: 900 });
  const { identifier } = await page.evaluateOnNewDocument(first);
  await page.goto(address);
  await page.removeScriptToEvaluateOnNewDocument(identifier);
  return { page, complaints };
}

export function textOf(page: Page, selector: string): Promise<string> {
  return page.$eval(selector, (element) => element.textContent ?? "");
}

export async function stepOf(page: Page): Promise<number> {
  return Number((await textOf(page, "#step-count")).replace(/\D/g, ""));
}

/** Waits until the page has done at least `least` steps. */
export async function untilStep(page: Page, least: number): Promise<void> {
  const isThere = (wanted: number) =>
    Number(document.querySelector("#step-count")?.textContent?.replace(/\D/g, "")) >= wanted;
  await page.waitForFunction(isThere, { timeout: startMs }, least);
}

/** Waits until `selector` has `text` in it. */
export async function untilText(page: Page, selector: string, text: string): Promise<void> {
  const isThere = (where: string, wanted: string) =>
    document.querySelector(where)?.textContent?.includes(wanted);
  await page.waitForFunction(isThere, { timeout: startMs }, selector, text);
}

/** Chooses files by the page's own control. */
export async function giveFiles(page: Page, files: Record<string, Iterable<number>>): Promise<void> {
  const plain = Object.entries(files).map(
    ([name, bytes]) => [name, Buffer.from([...bytes]).toString("base64")] as const,
  );
  await page.evaluate((given) => {
    const transfer = new DataTransfer();
    for (const [name, text] of given) {
      const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
      transfer.items.add(new File([bytes], name));
    }
    const input = document.querySelector("#files") as HTMLInputElement;
    input.files = transfer.files;
    input.dispatchEvent(new Event("change"));
  }, plain);
}

/** What a button would have the browser save. */
export async function savedBytes(page: Page, button: string): Promise<Uint8Array<ArrayBuffer>> {
  const text = await page.evaluate(async (selector) => {
    const saved = new Promise<Blob>((resolve) => {
      URL.createObjectURL = (blob) => {
        resolve(blob as Blob);
        return "#";
      };
    });
    (document.querySelector(selector) as HTMLButtonElement).click();
    let binary = "";
    for (const byte of new Uint8Array(await (await saved).arrayBuffer())) binary += String.fromCharCode(byte);
    return btoa(binary);
  }, button);
  return new Uint8Array(Buffer.from(text, "base64"));
}

export async function setVisibility(page: Page, state: DocumentVisibilityState): Promise<void> {
  await page.evaluate((value) => {
    Object.defineProperty(document, "visibilityState", { value, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);
}

/** The next thing that the page asks of its GPU loses the device. */
export async function loseDevice(page: Page): Promise<void> {
  await page.workers()[0].evaluate(() => {
    const { createCommandEncoder } = GPUDevice.prototype;
    GPUDevice.prototype.createCommandEncoder = function (descriptor) {
      this.destroy();
      return createCommandEncoder.call(this, descriptor);
    };
  });
}

/** What axe finds that is serious. */
export async function seriousFaults(page: Page): Promise<string[]> {
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
