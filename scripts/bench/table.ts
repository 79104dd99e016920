// The benchmark's report as text.

import type { ReportRow } from "../../bench/report.ts";

const headings = [
  "case",
  "engine",
  "ms",
  "+-",
  "per s",
  "first ms",
  "dispatches",
  "submits",
  "buffers",
  "bind groups",
  "pipelines",
  "peak MB",
];

/** One line per case and engine, under a heading. A failure stands where the numbers would. */
export function reportTable(rows: readonly ReportRow[]): string {
  const lines = rows.map(cells);
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

function cells(row: ReportRow): string[] {
  const name = [row.case, row.engine];
  if ("failure" in row) return [...name, `failed: ${row.failure}`];
  const times = [row.medianMs, row.spreadMs, 1000 / row.medianMs, row.firstCallMs].map((x) =>
    x.toPrecision(3),
  );
  const counts = [row.dispatches, row.submits, row.createBuffer, row.createBindGroup, row.createPipeline];
  return [...name, ...times.map(plain), ...counts.map(String), (row.peakBytes / 1e6).toFixed(1)];
}

/** Without an exponent. */
function plain(text: string): string {
  return String(Number(text));
}
