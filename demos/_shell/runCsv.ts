// Runs as comma-separated values (RFC 4180).

import type { Curve } from "./curve.ts";

/** What is written of a run. */
export interface WrittenRun {
  readonly name: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly curves: ReadonlyMap<string, Curve>;
}

/**
 * A header of run, settings, step and series, then a line for each step of each run. A value that was not measured at a
 * step is empty, one that is no number is NaN; of a long run a value is the mean of several.
 */
export function runsCsv(runs: readonly WrittenRun[], seriesNames?: readonly string[]): string {
  const settings = unique(runs.flatMap((run) => Object.keys(run.settings)));
  const series = seriesNames ?? unique(runs.flatMap(({ curves }) => [...curves.keys()]));
  const lines = [["run", ...settings, "step", ...series]];
  for (const run of runs) {
    const start = [run.name, ...settings.map((name) => run.settings[name] ?? "")];
    for (const [step, values] of valuesByStep(run, series)) lines.push([...start, String(step), ...values]);
  }
  return lines.map((fields) => `${fields.map(quoted).join(",")}\r\n`).join("");
}

/** The fields of each step, in the order of the steps. */
function valuesByStep({ curves }: WrittenRun, series: readonly string[]): [number, string[]][] {
  const rows = new Map<number, string[]>();
  const write = (step: number, column: number, value: number) => {
    const row = rows.get(step) ?? series.map(() => "");
    row[column] = String(value);
    rows.set(step, row);
  };
  for (const [column, name] of series.entries()) {
    const curve = curves.get(name);
    for (const step of curve?.gaps ?? []) write(step, column, Number.NaN);
    for (const [i, step] of (curve?.steps ?? []).entries())
      write(step, column, curve?.values[i] ?? Number.NaN);
  }
  return [...rows].sort(([one], [other]) => one - other);
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
