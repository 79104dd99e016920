// Runs a job's page: serves it, hands it its data, and passes on what it tells.
//
// Decides: how bytes travel. Data goes through the server, which is faster than the debugging protocol by far; results
// are small and come back as one value.

import { createServer, type RequestListener, type Server } from "node:http";
import type { Browser } from "puppeteer";
import type { JobAnswer } from "../../demos/_shell/job.ts";
import { isolationHeaders } from "../demoPages.ts";
import { bundlePage, type ServedFile } from "./bundlePage.ts";

/** A page that defines `runJob`, and what it is given. */
export interface PageJob<Settings> {
  /** The page's path below demos/, "/digits/job.html". */
  readonly page: string;
  readonly settings: Settings;
  /** Bytes that the page fetches, by name: "text" stands at /job/text. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Runs the job in a page of `browser`. Throws an error of one line for whatever goes wrong in the page. */
export async function runInPage<Settings, Result, Event>(
  browser: Browser,
  { page, settings, files }: PageJob<Settings>,
  onEvent: (event: Event) => void,
): Promise<Result> {
  const served = await bundlePage(page);
  for (const [name, body] of files) served.set(`/job/${name}`, { body, type: "application/octet-stream" });
  const server = createServer(serve(served));
  try {
    const url = `http://127.0.0.1:${await portOf(server)}${page}`;
    // The page and the script are of one version: what it answers is a Result.
    return (await openAndRun(browser, url, settings, onEvent)) as Result;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Begins to listen at a port that is free. */
function portOf(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (typeof address === "object" && address !== null) resolve(address.port);
      else reject(new Error("the local server has no port."));
    });
  });
}

function serve(files: ReadonlyMap<string, ServedFile>): RequestListener {
  return ({ url = "" }, response) => {
    const file = files.get(url);
    const headers = file && { "Content-Type": file.type };
    response.writeHead(file ? 200 : 404, { ...isolationHeaders, ...headers });
    response.end(file?.body);
  };
}

async function openAndRun<Settings, Event>(
  browser: Browser,
  url: string,
  settings: Settings,
  onEvent: (event: Event) => void,
): Promise<unknown> {
  const page = await browser.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error instanceof Error ? error.message : String(error)));
  const ended = new Promise<never>((_, reject) => {
    browser.on("disconnected", () => reject(new Error("the browser ended before the training did.")));
    page.on("error", () => reject(new Error("the page crashed before the training ended.")));
  });
  ended.catch(() => undefined); // it also rejects when all is done and the browser is closed
  await page.exposeFunction("onJobEvent", onEvent);
  await page.goto(url);
  const loaded = page.waitForFunction("'runJob' in globalThis", { timeout: 60_000 }).catch(() => {
    throw new Error(`the job's page does not load: ${faults.join(" ") || "no reason is known"}.`);
  });
  await Promise.race([loaded, ended]);
  const answer = await Promise.race([
    page.evaluate((given): Promise<JobAnswer<unknown>> => globalThis.runJob(given as never), settings),
    ended,
  ]);
  if ("failure" in answer) throw new Error(answer.failure);
  return answer.result;
}
