// Runs a job's page: serves it, hands it its data, and passes on what it tells.
//
// Decides: how bytes travel. Data goes through the server, which is faster than the debugging protocol by far; results
// are small and come back as one value.

import type { ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import type { Browser } from "puppeteer";
import { createServer, type Plugin } from "vite";
import type { JobAnswer } from "../../demos/shared/job.ts";

const configFile = fileURLToPath(new URL("../../vite.config.ts", import.meta.url));

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
  const server = await createServer({
    configFile,
    logLevel: "silent",
    server: { host: "127.0.0.1", port: 0, hmr: false, watch: null },
    plugins: [serveBytes(files)],
  });
  try {
    await server.listen();
    const address = server.httpServer?.address();
    if (typeof address !== "object" || address === null) throw new Error("the local server has no port.");
    const url = `http://127.0.0.1:${address.port}${page}`;
    // The page and the script are of one version: what it answers is a Result.
    return (await openAndRun(browser, url, settings, onEvent)) as Result;
  } finally {
    await server.close();
  }
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

/** Serves `files` under /job/. */
function serveBytes(files: ReadonlyMap<string, Uint8Array>): Plugin {
  return {
    name: "job-data",
    configureServer(server) {
      server.middlewares.use((request, response: ServerResponse, next) => {
        const url = request.url ?? "";
        const body = url.startsWith("/job/") ? files.get(url.slice("/job/".length)) : undefined;
        if (body === undefined) {
          next();
          return;
        }
        response.setHeader("Content-Type", "application/octet-stream");
        response.end(body);
      });
    },
  };
}
