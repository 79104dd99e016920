// The cases of a group as a table: below each case a line for each engine and run.
//
// Decides: one axis of times for the whole group; a failure stands where the numbers would.

import type { GroupName } from "../../bench/caseList.ts";
import { type Axis, spanningAxis } from "../../bench/figures/reportAxis.ts";
import { engineTitle, failureText, percent, three } from "../../bench/figures/reportNumbers.ts";
import { make } from "../_shell/elements.ts";
import type { Comparison, Line } from "./comparison.ts";
import { groupTexts } from "./quickSet.ts";
import { axisPicture, timePicture } from "./timeChart.ts";

/** Rates below this are of cases that are not about them. */
const leastRate = 0.05;

interface Column {
  readonly heading: string;
  /** Where room is short, the least go first. */
  readonly kind: string;
  text(line: Line, group: GroupName): string;
}

const columns: readonly Column[] = [
  { heading: "ms", kind: "time", text: ({ row }) => ("failure" in row ? "" : three(row.medianMs)) },
  {
    heading: "±",
    kind: "spread",
    text: ({ row }) => ("failure" in row ? "" : `± ${three(row.spreadMs / 2)}`),
  },
  { heading: "GFLOP/s", kind: "rate", text: ({ gigaflops }) => rateText(gigaflops) },
  { heading: "GB/s", kind: "rate", text: ({ gigabytes }) => rateText(gigabytes) },
  {
    heading: "of the roof",
    kind: "rate",
    text: ({ roofShare }, group) => (group === "floor" || roofShare === undefined ? "" : percent(roofShare)),
  },
  {
    heading: "first call, ms",
    kind: "spare",
    text: ({ row }) => ("failure" in row ? "" : three(row.firstCallMs)),
  },
  { heading: "time by tilegrad’s", kind: "ratio", text: ({ timesOurs }) => timesText(timesOurs) },
];

/** Where two runs are shown. */
const columnsOfBoth: readonly Column[] = [
  ...columns,
  { heading: "speed by stored", kind: "ratio", text: ({ timesStored }) => timesText(timesStored) },
];

/** Of parts that a style sheet may lay out other than as a table, where they would be no table to who cannot see them. */
const roles = { table: "table", thead: "rowgroup", tbody: "rowgroup", tr: "row", td: "cell" } as const;

function part<K extends keyof typeof roles>(tag: K, className = "", text = ""): HTMLElementTagNameMap[K] {
  const element = make(tag, className, text);
  element.setAttribute("role", roles[tag]);
  return element;
}

function headingCell(scope: "col" | "row" | "rowgroup", className: string, text = ""): HTMLTableCellElement {
  const cell = make("th", className, text);
  cell.scope = scope;
  cell.setAttribute("role", scope === "col" ? "columnheader" : "rowheader");
  return cell;
}

/** `measuring`: the case that is at work now. */
export function groupSection(
  group: GroupName,
  names: readonly string[],
  comparison: Comparison,
  measuring: string | undefined,
): HTMLElement {
  const { title, text } = groupTexts[group];
  const linesOf = new Map(names.map((name) => [name, comparison.linesOf(name)]));
  const axis = axisOf([...linesOf.values()].flat());
  const section = make("section", "of-group");
  section.id = `group-${group}`;
  const heading = make("h2", "", title);
  heading.id = `title-${group}`;
  section.setAttribute("aria-labelledby", heading.id);
  const shown = comparison.hasBoth ? columnsOfBoth : columns;
  const table = part("table", comparison.hasBoth ? "times both" : "times");
  table.setAttribute("aria-labelledby", heading.id);
  // What the index shows of the page: engines and times.
  const shownOnIndex = make("colgroup");
  shownOnIndex.span = 4;
  shownOnIndex.dataset.thumbnail = "framed";
  table.append(shownOnIndex, head(axis, shown));
  for (const name of names) {
    const body = part("tbody", name === measuring ? "measuring" : "");
    body.append(caseRow(name, comparison, { measuring, span: shown.length + 2 }));
    const lines = linesOf.get(name) ?? [];
    body.append(...lines.map((line) => lineRow(line, axis, { group, shown })));
    table.append(body);
  }
  section.append(heading, make("p", "note", text), table);
  return section;
}

function axisOf(lines: readonly Line[]): Axis | undefined {
  const ends = lines.flatMap(({ row }) =>
    "medianMs" in row ? [row.medianMs, row.medianMs + row.spreadMs / 2] : [],
  );
  return ends.length === 0 ? undefined : spanningAxis(ends);
}

function head(axis: Axis | undefined, shown: readonly Column[]): HTMLElement {
  const row = part("tr");
  const time = headingCell("col", "chart");
  time.append(axis === undefined ? "time" : axisPicture(axis));
  const named = shown.map(({ heading, kind }) => headingCell("col", kind, heading));
  row.append(headingCell("col", "engine", "engine"), time, ...named);
  const rows = part("thead");
  rows.append(row);
  return rows;
}

function caseRow(
  name: string,
  comparison: Comparison,
  { measuring, span }: { readonly measuring: string | undefined; readonly span: number },
): HTMLElement {
  const heading = headingCell("rowgroup", "", name);
  heading.colSpan = span;
  const notes = [
    ...(name === measuring ? ["is measured now"] : []),
    ...(comparison.linesOf(name).length === 0 ? ["not measured"] : []),
    ...(comparison.hasOtherSizes(name)
      ? ["the two runs did not do the same: sizes go by the kind of adapter"]
      : []),
  ];
  if (notes.length > 0) heading.append(" ", make("span", "note", notes.join("; ")));
  const row = part("tr", "case");
  row.append(heading);
  return row;
}

interface LineContext {
  readonly group: GroupName;
  readonly shown: readonly Column[];
}

function lineRow(line: Line, axis: Axis | undefined, { group, shown }: LineContext): HTMLElement {
  const { row, whose } = line;
  const name = headingCell("row", "engine");
  name.append(
    make("span", `swatch ${whose}`),
    engineTitle(row.engine),
    " ",
    make("span", "whose", whose === "own" ? "yours" : "stored"),
  );
  const element = part("tr", whose);
  element.dataset.engine = row.engine;
  element.append(name);
  if ("failure" in row || axis === undefined) {
    const why = part("td", "failed", "failure" in row ? failureText(row.failure) : "");
    why.colSpan = shown.length + 1;
    element.append(why);
    return element;
  }
  const chart = part("td", "chart");
  chart.append(timePicture(axis, line));
  element.append(chart, ...shown.map(({ kind, text }) => part("td", kind, text(line, group))));
  return element;
}

function rateText(rate: number | undefined): string {
  return rate === undefined || rate < leastRate ? "" : three(rate);
}

function timesText(times: number | undefined): string {
  return times === undefined ? "" : `${three(times)} ×`;
}
