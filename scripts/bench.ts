// The benchmark: measures cases in a headless browser, engine by engine, and prints a table, or shows results that are there.
//
//   npm run bench [-- options]        `npm run bench -- --help` lists them
//
// Decides: in which order cases are measured, on which adapter's terms, and what the report holds. The measuring is in
// bench/.

import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { casesFor } from "../bench/caseList.ts";
import { type Results, resultsOf, resultsText } from "../bench/figures/results.ts";
import { reportTable } from "../bench/figures/table.ts";
import type { EngineName, ReportRow } from "../bench/report.ts";
import type { EngineBrowsers } from "./bench/engineBrowsers.ts";
import { type BenchOptions, parseBenchOptions, usageText } from "./bench/options.ts";
import { reportHtml } from "./bench/reportHtml.ts";
import { readmeWithPerformance } from "./bench/reportReadme.ts";
import { keepResults, keptResults, readResultsFile, writeTextFile } from "./bench/resultsFiles.ts";
import { summaryText } from "./bench/summary.ts";
import { oneLine } from "./oneLine.ts";

const readmePath = fileURLToPath(new URL("../README.md", import.meta.url));

/** What has none is this repository's own. */
const packages: Partial<Record<EngineName, string>> = {
  jax: "node_modules/@jax-js/jax/package.json",
  tfjs: "node_modules/@tensorflow/tfjs-core/package.json",
  ort: "node_modules/onnxruntime-web/package.json",
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
  if (options.readme) {
    await writeReadme();
    return;
  }
  const results = options.from === undefined ? await measure(options) : await readResultsFile(options.from);
  const keptIn = await save(results, options);
  console.log(`\n${reportTable(results.cases)}\n\n${summaryText(results.cases)}`.trimEnd());
  if (options.html !== undefined) await writeTextFile(options.html, reportHtml(results));
  if (keptIn !== undefined) {
    console.log(`\nkept in ${relative(process.cwd(), keptIn)}`);
    await writeReadme();
  }
  const hasFailed = results.cases.some((row) => row.engine === "ours" && "failure" in row);
  if (hasFailed && options.from === undefined) process.exitCode = 1;
}

/** As JSON, where that is asked for. Returns the file among those that are kept. */
async function save(results: Results, { json, keep }: BenchOptions): Promise<string | undefined> {
  if (json !== undefined) await writeTextFile(json, resultsText(results));
  return keep ? (await keepResults(results)).path : undefined;
}

/** Saves what there is after each case: who ends a run of an hour has what it measured. */
async function measure(options: BenchOptions): Promise<Results> {
  const { EngineBrowsers } = await import("./bench/engineBrowsers.ts");
  const browsers = new EngineBrowsers();
  try {
    const { adapter, version } = await browsers.describe(options.engines[0]);
    const scale = adapter.kind;
    const head = {
      adapter: `${adapter.kind} ${adapter.description}`,
      browser: version,
      date: new Date().toISOString(),
      scale,
      profile: options.profile ?? "automatic",
    } as const;
    const onRows = (cases: readonly ReportRow[]) => save(resultsOf({ ...head, cases }), options);
    return resultsOf({ ...head, cases: await measureAll(browsers, options, scale, onRows) });
  } finally {
    await browsers.closeAll();
  }
}

async function writeReadme(): Promise<void> {
  const readme = await readFile(readmePath, "utf8");
  await writeTextFile(readmePath, readmeWithPerformance(readme, await keptResults()));
}

/** One case after the other; `onRows` gets all rows so far. */
async function measureAll(
  browsers: EngineBrowsers,
  { cases, engines, reps, profile }: BenchOptions,
  scale: "hardware" | "software",
  onRows: (rows: readonly ReportRow[]) => Promise<unknown>,
): Promise<ReportRow[]> {
  const { serveCases } = await import("./bench/serveCases.ts");
  const { measureCase } = await import("./bench/measureCase.ts");
  const { server, url } = await serveCases();
  const rows: ReportRow[] = [];
  try {
    for (const name of casesFor(cases, scale)) {
      const settings = { case: name, scale, profile };
      for (const answer of await measureCase(browsers, url, { settings, engines, reps })) {
        const version = await versionOf(answer.engine);
        const told = "failure" in answer ? { ...answer, failure: oneLine(answer.failure) } : answer;
        rows.push({ case: name, version, ...told });
      }
      await onRows(rows);
    }
  } finally {
    await server.close();
  }
  return rows;
}

async function versionOf(engine: EngineName): Promise<string> {
  const text = await readFile(new URL(`../${packages[engine] ?? "package.json"}`, import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
