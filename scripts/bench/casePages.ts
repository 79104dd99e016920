// The benchmark's pages: serves them, and runs each case on each engine in a page of its own.
//
// Decides: what happens where a page crashes or hangs: that engine failed this case, and the next one goes on.

import { fileURLToPath } from "node:url";
import type { Browser } from "puppeteer";
import { createServer, type ViteDevServer } from "vite";
import type { PageAnswer, PageSettings } from "../../bench/report.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const loadLimitMs = 60_000;
const caseLimitMs = 600_000;

/** Serves bench/ with the headers that `performance.now` needs to be fine. */
export async function serveCases(): Promise<{ server: ViteDevServer; url: string }> {
  const server = await createServer({
    configFile: `${repository}vite.config.ts`,
    root: `${repository}bench`,
    // Its own: a server of the demos may run beside it.
    cacheDir: `${repository}node_modules/.vite-bench`,
    logLevel: "silent",
    server: { host: "127.0.0.1", port: 0, hmr: false, watch: null },
    // Found only while a page loads, they would make the page load again.
    optimizeDeps: {
      include: [
        "tinybench",
        "@jax-js/jax",
        "@tensorflow/tfjs-core",
        "@tensorflow/tfjs-core/dist/register_all_gradients",
        "@tensorflow/tfjs-backend-webgpu",
      ],
    },
  });
  await server.listen();
  const address = server.httpServer?.address();
  if (typeof address !== "object" || address === null) throw new Error("the local server has no port.");
  return { server, url: `http://127.0.0.1:${address.port}/index.html` };
}

/** Measures in a new page of `browser`. Whatever goes wrong there is an answer, too. */
export async function runCase(browser: Browser, url: string, settings: PageSettings): Promise<PageAnswer> {
  const page = await browser.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error instanceof Error ? error.message : String(error)));
  const crashed = new Promise<PageAnswer>((resolve) => {
    page.on("error", ({ message }) => resolve({ failure: `the page crashed: ${message}` }));
  });
  try {
    await page.goto(url);
    await page.waitForFunction("'runCase' in globalThis", { timeout: loadLimitMs });
    const ran = page.evaluate((given): Promise<PageAnswer> => globalThis.runCase(given), settings);
    return await Promise.race([ran, crashed, hung()]);
  } catch (error) {
    return { failure: [error instanceof Error ? error.message : String(error), ...faults].join(" ") };
  } finally {
    await page.close();
  }
}

function hung(): Promise<PageAnswer> {
  return new Promise((resolve) => {
    const answer = { failure: `no answer within ${caseLimitMs / 1000} s` };
    setTimeout(() => resolve(answer), caseLimitMs).unref();
  });
}
