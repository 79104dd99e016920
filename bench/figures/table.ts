// The benchmark's report as text.

import type { ReportRow } from "../report.ts";
import { failureText, megabytes, percent, short } from "./reportNumbers.ts";
import { measuredRoofOf, type Roof, shareOfRoof } from "./reportRoof.ts";

const knownHeadings = [
  "case",
  "engine",
  "ms",
  "+-",
  "x ours",
  "per s",
  "GFLOP/s",
  "GB/s",
  "tokens/s",
  "first ms",
  "dispatches",
  "submits",
  "buffers",
  "bind groups",
  "pipelines",
  "planned MB",
  "peak MB",
];

/**
 * One line per case and engine, under a heading. A failure stands where the numbers would, and "-" for what an engine or
 * a case has not. "x ours" is how many times as long as ours an engine takes. The share of the roof stands last where the
 * roof was measured with the rest.
 */
export function reportTable(rows: readonly ReportRow[]): string {
  const roof = measuredRoofOf(rows);
  const headings = roof === undefined ? knownHeadings : [...knownHeadings, "of roof"];
  const lines = rows.map((row) => cells(row, oursAmong(rows, row), roof));
  const columns = headings.map((heading, column) => {
    const measured = lines.filter(({ length }) => length === headings.length);
    return Math.max(heading.length, ...measured.map((line) => line[column].length));
  });
  const print = (line: readonly string[]) =>
    line
      .map((cell, column) => (column < 2 ? cell.padEnd(columns[column]) : cell.padStart(columns[column])))
      .join("  ")
      .trimEnd();
  return [headings, ...lines].map(print).join("\n");
}

/** The time of our own row for the same case. */
function oursAmong(rows: readonly ReportRow[], row: ReportRow): number | undefined {
  const own = rows.find((other) => other.case === row.case && other.engine === "ours");
  return own !== undefined && "medianMs" in own ? own.medianMs : undefined;
}

function cells(row: ReportRow, oursMs: number | undefined, roof: Roof | undefined): string[] {
  const name = [row.case, row.engine];
  if ("failure" in row) return [...name, failureText(row.failure)];
  const { medianMs, spreadMs, firstCallMs, tokensPerCall, plannedBytes, peakBytes } = row;
  const perSecond = 1000 / medianMs;
  const counts = [row.dispatches, row.submits, row.createBuffer, row.createBindGroup, row.createPipeline];
  return [
    ...name,
    short(medianMs),
    short(spreadMs),
    short(oursMs && medianMs / oursMs),
    short(perSecond),
    short(row.flops && (row.flops * perSecond) / 1e9),
    short(row.bytes && (row.bytes * perSecond) / 1e9),
    short(tokensPerCall && tokensPerCall * perSecond),
    short(firstCallMs),
    ...counts.map(String),
    megabytes(plannedBytes),
    megabytes(peakBytes),
    ...(roof === undefined ? [] : [percent(shareOfRoof(row, roof))]),
  ];
}
