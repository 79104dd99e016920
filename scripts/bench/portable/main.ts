// The benchmark without a browser, as it is bundled: measures on this machine's GPU, prints the table, writes the results.
//
// Decides: that one script is both the process with the terminal and, forked from it, the one with the GPU.

import { mkdir, readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { adapterSlug, resultsOf, resultsText } from "../../../bench/figures/results.ts";
import { reportTable } from "../../../bench/figures/table.ts";
import type { LadderReport, LadderResult } from "../../../bench/kernels/ladderReport.ts";
import { kernelNames } from "../../../bench/kernels/rung.ts";
import { opLimitMs, stepLimitMs } from "../../../bench/limits.ts";
import { answerQuestions } from "../../../bench/portable/answer.ts";
import type { NodeAdapter } from "../../../bench/portable/questions.ts";
import type { ReportRow } from "../../../bench/report.ts";
import { oneLine } from "../../oneLine.ts";
import { writeAtomically } from "../../train/writeAtomically.ts";
import { ladderTable, reportText } from "../ladderTable.ts";
import { reportHtml } from "../reportHtml.ts";
import { portableBrowser } from "../resultsCommand.ts";
import { CaseProcess } from "./caseProcess.ts";
import { measureInProcess, required } from "./measureInProcess.ts";
import { type PortableOptions, parsePortableOptions, portableCasesFor, portableUsage } from "./options.ts";

/** What the bundle says of itself, in about.json beside the script. */
export interface About {
  readonly version: string;
  /** Of the package with Dawn. */
  readonly webgpu: string;
}

const script = resolve(process.argv[1]);
const [role, kind] = process.argv.slice(2);

if (role === "answer") await answerQuestions(kind === "software");
else {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    console.error(`bench: ${oneLine(error)}`);
    process.exitCode = 1;
  }
}

/** What both reports begin with. */
interface Head {
  readonly adapter: string;
  readonly browser: string;
  readonly date: string;
  readonly scale: "hardware" | "software";
}

async function main(args: readonly string[]): Promise<number> {
  const options = parsePortableOptions(args);
  if (options === "help") {
    console.log(portableUsage);
    return 0;
  }
  const about = JSON.parse(await readFile(join(dirname(script), "about.json"), "utf8")) as About;
  const { isSoftware, name, driver } = await describe();
  const scale = isSoftware ? "software" : "hardware";
  console.log(`adapter: ${scale} ${name} (${driver})`);
  const head = {
    adapter: `${scale} ${name}`,
    browser: portableBrowser(about.webgpu, process.versions.node),
    date: new Date().toISOString(),
    scale,
  } as const;
  const what = options.ladder ? "tilegrad-ladder" : "tilegrad";
  const file = options.json ?? `${what}-${adapterSlug(head.adapter)}-${head.date.slice(0, 10)}.json`;
  const hasFailed = options.ladder
    ? await climb(head, options, file)
    : await measure(head, about.version, options, file);
  console.log(`\nwrote ${file}`);
  return hasFailed ? 1 : 0;
}

async function describe(): Promise<NodeAdapter> {
  const asked = new CaseProcess(script, false);
  try {
    return required(await asked.ask({ ask: "describe" }, opLimitMs));
  } finally {
    asked.kill();
  }
}

/** Saves what there is after each case. True where a case failed. */
async function measure(
  head: Head,
  version: string,
  { cases, reps, profile, html }: PortableOptions,
  file: string,
): Promise<boolean> {
  const { scale } = head;
  const rows: ReportRow[] = [];
  const results = () => resultsOf({ ...head, profile: profile ?? "automatic", cases: rows });
  for (const name of portableCasesFor(cases, scale)) {
    console.log(name);
    const settings = { case: name, scale, profile };
    const run = { script, isSoftware: scale === "software", version };
    rows.push(await measureInProcess(run, settings, reps));
    await save(file, resultsText(results()));
  }
  console.log(`\n${reportTable(rows)}`);
  if (html !== undefined) await save(html, reportHtml(results()));
  return rows.some((row) => "failure" in row);
}

/** As `measure`, of ladders. */
async function climb(
  { adapter, browser, date, scale }: Head,
  { reps, profile }: PortableOptions,
  file: string,
): Promise<boolean> {
  const ladders: LadderResult[] = [];
  let hasFailed = false;
  for (const kernel of kernelNames) {
    const asked = new CaseProcess(script, scale === "software");
    const settings = { kernel, scale, reps };
    const answer = await asked.ask({ ask: "climb", settings, profile }, stepLimitMs);
    asked.kill();
    if ("failure" in answer) console.log(`\n${kernel}: failed: ${oneLine(answer.failure)}`);
    else {
      console.log(`\n${ladderTable(answer.value)}`);
      ladders.push(answer.value);
    }
    hasFailed ||= "failure" in answer || answer.value.rungs.some((rung) => "failure" in rung);
    const isSoftware = scale === "software";
    const report: LadderReport = { version: 1, adapter, isSoftware, browser, date, scale, ladders };
    await save(file, reportText(report));
  }
  return hasFailed;
}

async function save(file: string, text: string): Promise<void> {
  await mkdir(dirname(resolve(file)), { recursive: true });
  await writeAtomically(resolve(file), text);
}
