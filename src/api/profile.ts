// Looking at a profile: a table to read, and a file for chrome://tracing or ui.perfetto.dev.

import type { ProfileEntry } from "../runtime/profiler.ts";
import { requireEngine } from "./engine.ts";

/** GPU time of each dispatch that `body` causes. Throws UsageError where the device lacks timestamp-query. */
export function profile(body: () => Promise<void>): Promise<ProfileEntry[]> {
  return requireEngine("profile").profile(body);
}

/** A line for each label, longest total first: calls, milliseconds, share, GFLOP/s and GB/s. */
export function profileTable(entries: readonly ProfileEntry[]): string {
  const total = entries.reduce((sum, { timeMs }) => sum + timeMs, 0);
  const rows = [...groupByLabel(entries)].map(([label, group]) => {
    const add = (key: "timeMs" | "flops" | "bytes") => group.reduce((sum, entry) => sum + entry[key], 0);
    return { label, calls: group.length, timeMs: add("timeMs"), flops: add("flops"), bytes: add("bytes") };
  });
  rows.sort((a, b) => b.timeMs - a.timeMs);
  const rate = (amount: number, timeMs: number) => (timeMs === 0 ? "-" : (amount / timeMs / 1e6).toFixed(2));
  const cells = rows.map(({ label, calls, timeMs, flops, bytes }) => [
    String(calls),
    timeMs.toFixed(3),
    `${total === 0 ? 0 : Math.round((100 * timeMs) / total)} %`,
    rate(flops, timeMs),
    rate(bytes, timeMs),
    label,
  ]);
  return alignColumns([["calls", "ms", "share", "GFLOP/s", "GB/s", "dispatch"], ...cells]);
}

/** The entries in Chrome's trace format, as JSON text. */
export function chromeTrace(entries: readonly ProfileEntry[]): string {
  const traceEvents = entries.map(({ label, shape, startMs, timeMs, flops, bytes }) => ({
    name: label,
    ph: "X",
    pid: 0,
    tid: 0,
    ts: startMs * 1000,
    dur: timeMs * 1000,
    args: { shape: shape.join("x"), flops, bytes },
  }));
  return JSON.stringify({ traceEvents, displayTimeUnit: "ms" });
}

/** Map.groupBy is missing in Node 20 and in Safari before 17.4. */
function groupByLabel(entries: readonly ProfileEntry[]): Map<string, ProfileEntry[]> {
  const groups = new Map<string, ProfileEntry[]>();
  for (const entry of entries) groups.set(entry.label, [...(groups.get(entry.label) ?? []), entry]);
  return groups;
}

function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const last = widths.length - 1;
  return rows
    .map((row) =>
      row.map((cell, column) => (column === last ? cell : cell.padStart(widths[column]))).join("  "),
    )
    .join("\n");
}
