// Whose the shown results are: adapter, browser, day, and what the floors say of the adapter, a column for each run.

import { three } from "../../bench/figures/reportNumbers.ts";
import { perSecond } from "../../bench/figures/reportRoof.ts";
import type { Results, ResultsRow } from "../../bench/figures/results.ts";
import { make } from "../_shell/elements.ts";
import type { Comparison } from "./comparison.ts";
import { adapterTitle, browserTitle } from "./storedResults.ts";

interface Fact {
  readonly name: string;
  text(results: Results): string;
}

const sizesTexts = { hardware: "those for GPUs", software: "those for software adapters", small: "tiny" };

const facts: readonly Fact[] = [
  { name: "Adapter", text: ({ adapter }) => adapterTitle(adapter) },
  { name: "Browser", text: ({ browser }) => browserTitle(browser) },
  { name: "Measured", text: daysOf },
  { name: "Sizes of ops", text: ({ scale }) => sizesTexts[scale] },
  {
    name: "tilegrad’s kernels",
    text: ({ profile }) => (profile === "automatic" ? "as the adapter is" : profile),
  },
  { name: "Multiply-adds, at the most", text: (results) => rateOf(results, "floor-fma", "flops", "GFLOP/s") },
  { name: "Bytes copied, at the most", text: (results) => rateOf(results, "floor-copy", "bytes", "GB/s") },
  { name: "A dispatch", text: (results) => timeOf(results, "floor-dispatch") },
  { name: "A submit", text: (results) => timeOf(results, "floor-submit") },
  { name: "A read-back", text: (results) => timeOf(results, "floor-readback") },
];

/** `names`: the cases that are shown. */
export function factsTable(
  stored: Results | undefined,
  own: Results | undefined,
  comparison: Comparison,
  names: readonly string[],
): HTMLElement {
  const runs = [...(stored === undefined ? [] : [stored]), ...(own === undefined ? [] : [own])];
  const table = make("table", "facts");
  table.setAttribute("aria-label", "The runs that are shown");
  const headings = [
    ...(stored === undefined ? [] : [heading("stored", "Stored")]),
    ...(own === undefined ? [] : [heading("own", "Yours")]),
  ];
  table.append(line(make("td"), headings));
  for (const { name, text } of facts) {
    const cells = runs.map((results) => make("td", "", text(results)));
    table.append(line(rowHeading(name), cells));
  }
  const overall = comparison.meanTimesStored(names);
  if (overall !== undefined) {
    const { mean, count } = overall;
    const text = `${three(mean)} × as fast as stored: geometric mean of ${count === 1 ? "one case" : `${count} cases`}`;
    table.append(line(rowHeading("tilegrad on your GPU"), [make("td"), make("td", "overall", text)]));
  }
  return table;
}

function line(first: HTMLElement, cells: readonly HTMLElement[]): HTMLElement {
  const row = make("tr");
  row.append(first, ...cells);
  return row;
}

function heading(whose: "stored" | "own", text: string): HTMLElement {
  const cell = make("th");
  cell.scope = "col";
  cell.append(make("span", `swatch ${whose}`), text);
  return cell;
}

function rowHeading(text: string): HTMLElement {
  const cell = make("th", "", text);
  cell.scope = "row";
  return cell;
}

/** A day, or from when to when. */
function daysOf({ cases, date }: Results): string {
  const days = [...new Set(cases.map((row) => row.date.slice(0, 10)))].sort();
  return days.length < 2 ? date.slice(0, 10) : `${days[0]} to ${days[days.length - 1]}`;
}

function rowOf({ cases }: Results, name: string): ResultsRow | undefined {
  return cases.find((row) => row.case === name);
}

function rateOf(results: Results, name: string, what: "flops" | "bytes", unit: string): string {
  const row = rowOf(results, name);
  const rate = row && perSecond(row, what);
  return rate === undefined ? "–" : `${three(rate / 1e9)} ${unit}`;
}

function timeOf(results: Results, name: string): string {
  const row = rowOf(results, name);
  return row === undefined || "failure" in row ? "–" : `${three(1000 * row.medianMs)} µs`;
}
