// The benchmark's report as text.

import type { ReportRow } from "../../bench/report.ts";

const headings = [
  "case",
  "engine",
  "ms",
  "+-",
  "x ours",
  "per s",
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
 * a case has not. "x ours" is how many times as long as ours an engine takes.
 */
export function reportTable(rows: readonly ReportRow[]): string {
  const lines = rows.map((row) => cells(row, oursAmong(rows, row)));
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

function cells(row: ReportRow, oursMs: number | undefined): string[] {
  const name = [row.case, row.engine];
  if ("failure" in row) return [...name, `failed: ${row.failure}`];
  const { medianMs, spreadMs, firstCallMs, tokensPerCall, plannedBytes, peakBytes } = row;
  const perSecond = 1000 / medianMs;
  const counts = [row.dispatches, row.submits, row.createBuffer, row.createBindGroup, row.createPipeline];
  return [
    ...name,
    short(medianMs),
    short(spreadMs),
    short(oursMs && medianMs / oursMs),
    short(perSecond),
    short(tokensPerCall && tokensPerCall * perSecond),
    short(firstCallMs),
    ...counts.map(String),
    megabytes(plannedBytes),
    megabytes(peakBytes),
  ];
}

/** Three digits, without an exponent. */
function short(value: number | undefined): string {
  return value === undefined ? "-" : String(Number(value.toPrecision(3)));
}

function megabytes(bytes: number | undefined): string {
  return bytes === undefined ? "-" : (bytes / 1e6).toFixed(1);
}
