// README's section on performance, made from the results that are kept.
//
// Decides: which of them are shown, the latest of each adapter, and that all figures of the section are theirs.

import { basename } from "node:path";
import { groupOf } from "../../bench/caseList.ts";
import { engineTitle, failureText, three } from "../../bench/figures/reportNumbers.ts";
import { casesOf, comparableRows, type ResultsRow } from "../../bench/figures/results.ts";
import { groupStandings } from "./reportStandings.ts";
import { resultsCommand } from "./resultsCommand.ts";
import type { ResultsFile } from "./resultsFiles.ts";

const start = "<!-- performance: `npm run bench -- --readme` makes what follows from bench/results/ -->";
const end = "<!-- end of performance -->";

/** Engines that train. */
const trainers = ["ours", "jax", "tfjs"] as const;

/** `readme` with the section that `files` make. Throws where its two marks are not there. */
export function readmeWithPerformance(readme: string, files: readonly ResultsFile[]): string {
  const [from, to] = [readme.indexOf(start), readme.indexOf(end)];
  if (from < 0 || to < from)
    throw new Error(`README.md has no "${start}" with "${end}" below it; it must have both.`);
  return `${readme.slice(0, from + start.length)}\n${performanceSection(files)}\n${readme.slice(to)}`;
}

/** What stands between the marks. */
export function performanceSection(files: readonly ResultsFile[]): string {
  const latest = latestOfEach(files);
  if (latest.length === 0) return "\nNothing has been measured yet: `npm run bench -- --keep`.\n";
  return `\n${latest.map(adapterText).join("\n")}`;
}

/** Of adapters that were measured in several browsers, the last time; by name. */
function latestOfEach(files: readonly ResultsFile[]): ResultsFile[] {
  const latest = new Map<string, ResultsFile>();
  for (const file of files) {
    const other = latest.get(file.results.adapter);
    if (other === undefined || Date.parse(file.results.date) > Date.parse(other.results.date))
      latest.set(file.results.adapter, file);
  }
  return [...latest.values()].sort((a, b) => a.results.adapter.localeCompare(b.results.adapter));
}

function adapterText({ path, results }: ResultsFile): string {
  const { adapter, browser, date, cases } = results;
  const parts = [
    `**${adapter}**, ${browser}, ${date.slice(0, 10)} ([all figures](bench/results/${basename(path)})):`,
    trainingTable(cases),
    groupTable(cases),
    `Again: \`${resultsCommand(results)}\``,
  ];
  return `${parts.filter((part) => part !== undefined).join("\n\n")}\n`;
}

/** Steps in ms, and by ours where they are of one run. */
function trainingTable(rows: readonly ResultsRow[]): string | undefined {
  const names = casesOf(rows).filter((name) => groupOf(name) === "train");
  if (names.length === 0) return undefined;
  const comparable = comparableRows(rows);
  const lines = names.map((name) => {
    const own = comparable.filter((row) => row.case === name);
    return [name, ...trainers.map((engine) => stepText(own, engine))];
  });
  return table(["training step, ms (times tilegrad's)", ...trainers.map(engineTitle)], lines);
}

function stepText(rows: readonly ResultsRow[], engine: string): string {
  const row = rows.find((own) => own.engine === engine);
  if (row === undefined) return "-";
  // Its first word says which kind of failure it is; the rest is in the file.
  if ("failure" in row) return failureText(row.failure).replace(/\W.*$/s, "");
  const ours = rows.find((own) => own.engine === "ours");
  if (engine === "ours" || ours === undefined || "failure" in ours) return three(row.medianMs);
  return `${three(row.medianMs)} (${(row.medianMs / ours.medianMs).toFixed(2)} x)`;
}

function groupTable(rows: readonly ResultsRow[]): string | undefined {
  const known = groupStandings(rows).filter(({ mean }) => mean !== undefined);
  if (known.length === 0) return undefined;
  const lines = known.map(({ name, standings, mean }) => [
    name,
    String(standings.length),
    mean?.toFixed(2) ?? "-",
  ]);
  return table(
    ["group", "cases", "times as fast as the best other engine that is right, geometric mean"],
    lines,
  );
}

/** In Markdown: text on the left, numbers on the right. */
function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const rule = head.map((_, index) => (index === 0 ? "---" : "---:"));
  return [head, rule, ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
