// Results of the benchmark as they are kept: the form that files have, and how newer rows take the place of older ones.
//
// Decides: what a file holds, how it is laid out, which results belong into one file, which rows may be compared.
// Leaves to others: reading (resultsReader.ts), folders (resultsFiles.ts), what is made of them (report….ts).

import { groupNames, groupOf, listedCases } from "../caseList.ts";
import { type EngineName, engineNames, type Report, type ReportRow } from "../report.ts";

/** Of the form. A reader refuses all others. */
export const resultsVersion = 1;

/** A row, and when it was measured. Rows of one run have the same date. */
export type ResultsRow = ReportRow & { readonly date: string };

export interface Results extends Omit<Report, "cases"> {
  readonly version: typeof resultsVersion;
  /** The latest of its rows. */
  readonly date: string;
  readonly cases: readonly ResultsRow[];
}

/** Cases under a heading; "other" has those that the benchmark no longer knows. */
export interface ResultsGroup {
  readonly name: string;
  readonly rows: readonly ResultsRow[];
}

/** In the order in which they are shown. */
export const resultsEngines: readonly EngineName[] = [...engineNames, "raw"];

const lineLength = 110;
/** More digits say nothing of a time and a loss, and make no two runs alike. */
const digits = 5;

/** The results of one run. Measured numbers are rounded. */
export function resultsOf(report: Report): Results {
  const cases = report.cases.map((row) => rounded({ ...row, date: report.date }));
  return { version: resultsVersion, ...report, cases: inOrder(cases) };
}

/** Whether both were measured in the same way, so that they belong into one file. */
export function isSameSetting(a: Results, b: Results): boolean {
  return settingOf(a) === settingOf(b);
}

/** `fresh` takes the place of what `kept` has of the same cases and engines; all else stays, with its date. */
export function mergedResults(kept: Results, fresh: Results): Results {
  const replaced = new Set(fresh.cases.map(keyOf));
  const cases = [...kept.cases.filter((row) => !replaced.has(keyOf(row))), ...fresh.cases];
  return { ...fresh, date: latest(cases, fresh.date), cases: inOrder(cases) };
}

/**
 * The rows of each case that were measured in the same run as ours, or, where ours is not there, in the latest one.
 * Only they may be compared: machines are not equally fast on two days.
 */
export function comparableRows(rows: readonly ResultsRow[]): ResultsRow[] {
  const dates = new Map<string, string>();
  for (const row of rows) dates.set(row.case, latest([row], dates.get(row.case) ?? row.date));
  for (const row of rows) if (row.engine === "ours") dates.set(row.case, row.date);
  return rows.filter((row) => row.date === dates.get(row.case));
}

/** Groups that have rows, in the order of the list. */
export function resultsGroups(rows: readonly ResultsRow[]): ResultsGroup[] {
  const names = [...groupNames, "other"];
  return names
    .map((name) => ({ name, rows: rows.filter((row) => (groupOf(row.case) ?? "other") === name) }))
    .filter((group) => group.rows.length > 0);
}

/** Names of cases, each once. */
export function casesOf(rows: readonly ResultsRow[]): string[] {
  return [...new Set(rows.map((row) => row.case))];
}

/** The file's name begins with this. */
export function adapterSlug(adapter: string): string {
  const slug = adapter.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return slug.replace(/^-+/, "").slice(0, 60).replace(/-+$/, "") || "adapter";
}

/**
 * As JSON with one number a line, so that a difference between two files shows what changed, below the case, engine and
 * date that it changed for. Lists of numbers fill lines.
 */
export function resultsText(results: Results): string {
  const { version, adapter, browser, date, scale, profile, cases } = results;
  const members = Object.entries({ version, adapter, browser, date, scale, profile }).map(([key, value]) =>
    member(key, value, 2),
  );
  const rows = cases.map((row) => `    ${object(row, 4)}`).join(",\n");
  const list = rows === "" ? "[]" : `[\n${rows}\n  ]`;
  return `{\n${members.join(",\n")},\n  "cases": ${list}\n}\n`;
}

function settingOf({ adapter, browser, scale, profile }: Results): string {
  return JSON.stringify([adapter, browser, scale, profile]);
}

function keyOf(row: ResultsRow): string {
  return `${row.case} ${row.engine}`;
}

function latest(rows: readonly { readonly date: string }[], date: string): string {
  return rows.reduce((last, row) => (Date.parse(row.date) > Date.parse(last) ? row.date : last), date);
}

/** By the list of cases, then by the list of engines. */
function inOrder(rows: readonly ResultsRow[]): ResultsRow[] {
  const places = new Map(listedCases.map(({ name }, place) => [name, place]));
  const place = (row: ResultsRow) => places.get(row.case) ?? places.size;
  return [...rows].sort(
    (a, b) =>
      place(a) - place(b) ||
      a.case.localeCompare(b.case) ||
      resultsEngines.indexOf(a.engine) - resultsEngines.indexOf(b.engine),
  );
}

/** Whole numbers are counts, and stay. */
function rounded(row: ResultsRow): ResultsRow {
  const round = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(round);
    if (typeof value !== "number" || Number.isInteger(value)) return value;
    return Number(value.toPrecision(digits));
  };
  // Each member keeps its type.
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key, round(value)]),
  ) as unknown as ResultsRow;
}

/** What names a row first, so that it is seen beside the first number that changed. */
function object(row: ResultsRow, indent: number): string {
  const { case: name, engine, version, date, ...rest } = row;
  const entries = Object.entries({ case: name, engine, version, date, ...rest });
  const members = entries.filter(([, value]) => value !== undefined);
  const lines = members.map(([key, value]) => member(key, value, indent + 2));
  return `{\n${lines.join(",\n")}\n${" ".repeat(indent)}}`;
}

function member(key: string, value: unknown, indent: number): string {
  const start = `${" ".repeat(indent)}${JSON.stringify(key)}: `;
  if (!Array.isArray(value)) return start + JSON.stringify(value);
  const items = value.map((item) => JSON.stringify(item));
  const line = `${start}[${items.join(", ")}]`;
  if (line.length + 1 <= lineLength) return line;
  return `${start}[\n${filled(items, indent + 2)}\n${" ".repeat(indent)}]`;
}

function filled(items: readonly string[], indent: number): string {
  const lines: string[] = [];
  for (const [index, item] of items.entries()) {
    const text = index < items.length - 1 ? `${item},` : item;
    const longer = lines.length === 0 ? undefined : `${lines[lines.length - 1]} ${text}`;
    if (longer !== undefined && longer.length <= lineLength) lines[lines.length - 1] = longer;
    else lines.push(" ".repeat(indent) + text);
  }
  return lines.join("\n");
}
