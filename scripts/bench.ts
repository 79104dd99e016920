// The benchmark: measures cases in a headless browser, engine by engine, and prints a table.
//
//   npm run bench [-- options]        `npm run bench -- --help` lists them
//
// Decides: in which order cases are measured, and what the report holds. The measuring is in bench/.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Browser } from "puppeteer";
import type { EngineName, Report, ReportRow } from "../bench/report.ts";
import { type BenchOptions, parseBenchOptions, usageText } from "./bench/options.ts";
import { reportTable } from "./bench/table.ts";

const packages: Record<EngineName, string> = {
  ours: "package.json",
  jax: "node_modules/@jax-js/jax/package.json",
  tfjs: "node_modules/@tensorflow/tfjs-core/package.json",
};

try {
  await main(process.argv.slice(2));
  // Vite and the browser may leave handles open.
  process.exit(process.exitCode ?? 0);
} catch (error) {
  console.error(`bench: ${oneLine(error)}`);
  process.exit(1);
}

async function main(args: readonly string[]): Promise<void> {
  const options = parseBenchOptions(args);
  if (options === "help") {
    console.log(usageText);
    return;
  }
  const { launchBrowser } = await import("./browser.ts");
  const { browser, adapter } = await launchBrowser();
  try {
    const cases = await measureAll(browser, options);
    const report: Report = {
      adapter: `${adapter.kind} ${adapter.description}`,
      browser: await browser.version(),
      date: new Date().toISOString(),
      cases,
    };
    console.log(`\n${reportTable(cases)}`);
    if (options.json !== undefined) {
      await mkdir(dirname(options.json), { recursive: true });
      await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
    }
    if (cases.some((row) => row.engine === "ours" && "failure" in row)) process.exitCode = 1;
  } finally {
    await browser.close();
  }
}

/** One case after the other. */
async function measureAll(browser: Browser, { cases, engines, reps }: BenchOptions): Promise<ReportRow[]> {
  const { serveCases } = await import("./bench/serveCases.ts");
  const { measureCase } = await import("./bench/measureCase.ts");
  const { server, url } = await serveCases();
  const rows: ReportRow[] = [];
  try {
    for (const name of cases) {
      for (const answer of await measureCase(browser, url, { name, engines, reps })) {
        const version = await versionOf(answer.engine);
        const told = "failure" in answer ? { ...answer, failure: oneLine(answer.failure) } : answer;
        rows.push({ case: name, version, ...told });
      }
    }
  } finally {
    await server.close();
  }
  return rows;
}

async function versionOf(engine: EngineName): Promise<string> {
  const text = await readFile(new URL(`../${packages[engine]}`, import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/** An error as one line: what it says, not where. */
function oneLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s*\n\s*/g, " ").trim();
}
