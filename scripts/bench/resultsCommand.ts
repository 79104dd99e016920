// The command that measures the same again.

import { casesFor, groupNames, groupOf } from "../../bench/caseList.ts";
import { casesOf, type Results } from "../../bench/figures/results.ts";
import { engineNames } from "../../bench/report.ts";
import { defaultReps } from "./options.ts";
import { portableCasesFor } from "./portable/options.ts";

const portable = "Dawn for Node";

/** What results have for a browser that were measured without one. */
export function portableBrowser(webgpuVersion: string, nodeVersion: string): string {
  return `${portable} ${webgpuVersion}, Node ${nodeVersion}`;
}

/** As short as it can be: what is asked for by default is left out, and groups stand for all of their cases. */
export function resultsCommand({ browser, cases, scale, profile }: Results): string {
  const isPortable = browser.startsWith(portable);
  const casesOfRun = isPortable ? portableCasesFor : casesFor;
  const flags: string[] = [];
  const names = casesOf(cases).filter((name) => groupOf(name) !== undefined);
  if (!isSame(names, casesOfRun(undefined, scale))) flags.push(`--cases ${grouped(names, scale).join(",")}`);
  const engines = engineNames.filter((engine) => cases.some((row) => row.engine === engine));
  if (!isPortable && engines.length < engineNames.length && engines.length > 0)
    flags.push(`--engines ${engines.join(",")}`);
  const reps = Math.max(0, ...cases.map((row) => ("samples" in row ? row.samples : 0)));
  if (reps > 0 && reps !== defaultReps) flags.push(`--reps ${reps}`);
  if (profile !== "automatic") flags.push(`--profile ${profile}`);
  // The command drives Chrome alone; in others a visitor measured, by hand.
  if (!isPortable && !/^(Headless)?Chrome\//.test(browser))
    return `npm start, and the page bench/ in ${browser.replace("/", " ")}`;
  if (isPortable) return ["npm run bench:bundle, and in what it makes ./run.sh", ...flags].join(" ");
  const adapter = scale === "software" ? "TILEGRAD_ADAPTER=software " : "";
  return `${adapter}npm run bench${flags.length === 0 ? "" : ` -- ${flags.join(" ")}`}`;
}

function grouped(names: readonly string[], scale: Results["scale"]): string[] {
  const asked: string[] = [];
  for (const group of groupNames) {
    const own = names.filter((name) => groupOf(name) === group);
    if (own.length > 0) asked.push(...(isSame(own, casesFor([group], scale)) ? [group] : own));
  }
  return asked;
}

function isSame(names: readonly string[], others: readonly string[]): boolean {
  return names.length === others.length && names.every((name) => others.includes(name));
}
