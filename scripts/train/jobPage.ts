// Runs the training job's page: serves it, hands it the data, and passes on what it tells.
//
// Decides: how bytes travel. Pictures go through the server, which is faster than the debugging protocol by far; the
// results are small and come back as one value.

import type { ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import type { Browser } from "puppeteer";
import { createServer, type Plugin } from "vite";
import type { JobAnswer, JobEvent, JobResult, JobSettings } from "../../demos/digits/job.ts";
import type { Digits } from "./digits.ts";
import type { TrainOptions } from "./options.ts";

const configFile = fileURLToPath(new URL("../../vite.config.ts", import.meta.url));

/** Trains in a page of `browser`. Throws an error of one line for whatever goes wrong in the page. */
export async function runInPage(
  browser: Browser,
  digits: Digits,
  { epochs, batch, lr, seed }: TrainOptions,
  onEvent: (event: JobEvent) => void,
): Promise<JobResult> {
  const server = await createServer({
    configFile,
    logLevel: "silent",
    server: { host: "127.0.0.1", port: 0, hmr: false, watch: null },
    plugins: [serveBytes(digits)],
  });
  try {
    await server.listen();
    const address = server.httpServer?.address();
    if (typeof address !== "object" || address === null) throw new Error("the local server has no port.");
    const settings: JobSettings = { epochs, batchSize: batch, learningRate: lr, seed };
    return await openAndRun(browser, `http://127.0.0.1:${address.port}/digits/job.html`, settings, onEvent);
  } finally {
    await server.close();
  }
}

async function openAndRun(
  browser: Browser,
  url: string,
  settings: JobSettings,
  onEvent: (event: JobEvent) => void,
): Promise<JobResult> {
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
    page.evaluate((given): Promise<JobAnswer> => globalThis.runJob(given), settings),
    ended,
  ]);
  if ("failure" in answer) throw new Error(answer.failure);
  return answer.result;
}

/** Serves the four arrays of the data set under /job/. */
function serveBytes({ train, test }: Digits): Plugin {
  const bytes = new Map([
    ["/job/train-images", train.images],
    ["/job/train-labels", train.labels],
    ["/job/test-images", test.images],
    ["/job/test-labels", test.labels],
  ]);
  return {
    name: "job-data",
    configureServer(server) {
      server.middlewares.use((request, response: ServerResponse, next) => {
        const body = bytes.get(request.url ?? "");
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
