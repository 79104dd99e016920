// The ladders: measures every rung from naive to final in a headless browser, and prints a table for each kernel.
//
//   npm run bench:ladder [-- options]        `npm run bench:ladder -- --help` lists them
//
// The measuring is in bench/kernels/.

import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "puppeteer";
import type { LadderReport, LadderResult } from "../bench/kernels/ladderReport.ts";
import type { KernelName, LadderScale } from "../bench/kernels/rung.ts";
import { type LadderOptions, ladderUsage, parseLadderOptions } from "./bench/ladderOptions.ts";
import { ladderTable, reportText, resultFileName } from "./bench/ladderTable.ts";
import { oneLine } from "./oneLine.ts";

const resultsFolder = fileURLToPath(new URL("../bench/kernels/results/", import.meta.url));

try {
  await main(process.argv.slice(2));
  // Vite and the browser may leave handles open.
  process.exit(process.exitCode ?? 0);
} catch (error) {
  console.error(`ladder: ${oneLine(error)}`);
  process.exit(1);
}

async function main(args: readonly string[]): Promise<void> {
  const options = parseLadderOptions(args);
  if (options === "help") {
    console.log(ladderUsage);
    return;
  }
  const report = await climb(options);
  const text = reportText(report);
  const files = [options.json, options.keep ? resultsFolder + resultFileName(report) : undefined];
  for (const file of files) {
    if (file === undefined) continue;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    console.log(`wrote ${file}`);
  }
  if (report.ladders.some(({ rungs }) => rungs.some((rung) => "failure" in rung))) process.exitCode = 1;
}

async function climb(options: LadderOptions): Promise<LadderReport> {
  const { launchBrowser } = await import("./browser.ts");
  const { serveCases } = await import("./bench/serveCases.ts");
  const { browser, adapter } = await launchBrowser();
  const { server, url } = await serveCases();
  try {
    const scale = options.scale ?? adapter.kind;
    const page = await browser.newPage();
    await page.goto(new URL("kernels/index.html", url).href);
    await page.waitForFunction("'runLadder' in globalThis");
    const ladders: LadderResult[] = [];
    for (const kernel of options.kernels) {
      const result = await ask(page, kernel, scale, options);
      console.log(`\n${ladderTable(result)}`);
      ladders.push(result);
    }
    return {
      version: 1,
      adapter: `${adapter.kind} ${adapter.description}`,
      isSoftware: adapter.kind === "software",
      browser: await browser.version(),
      date: new Date().toISOString(),
      scale,
      ladders,
    };
  } finally {
    await server.close();
    await browser.close();
  }
}

async function ask(
  page: Page,
  kernel: KernelName,
  scale: LadderScale,
  { reps, profile }: LadderOptions,
): Promise<LadderResult> {
  const answer = await page.evaluate(
    (settings, wanted) => globalThis.runLadder(settings, wanted),
    { kernel, scale, reps },
    profile,
  );
  if ("failure" in answer) throw new Error(`${kernel}: ${answer.failure}`);
  return answer.value;
}
