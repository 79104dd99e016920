// The visitor's own results: rows as they come, also of several runs, as the command line keeps them.
//
// Decides: a run in the same setting adds to the one before, with a date of its own; another adapter or other kernels
// begin anew.

import {
  adapterSlug,
  isSameSetting,
  mergedResults,
  type Results,
  resultsOf,
  resultsText,
} from "../../bench/figures/results.ts";
import { reportTable } from "../../bench/figures/table.ts";
import type { Report, ReportRow } from "../../bench/report.ts";

/** What holds for a whole run. */
export type RunHead = Omit<Report, "cases">;

export class OwnResults {
  private earlier: Results | undefined;
  private run: { readonly head: RunHead; readonly rows: ReportRow[] } | undefined;

  /** All rows so far; undefined before there are any. */
  get results(): Results | undefined {
    if (this.run === undefined || this.run.rows.length === 0) return this.earlier;
    const fresh = resultsOf({ ...this.run.head, cases: this.run.rows });
    const isMore = this.earlier !== undefined && isSameSetting(this.earlier, fresh);
    return isMore && this.earlier !== undefined ? mergedResults(this.earlier, fresh) : fresh;
  }

  begin(head: RunHead): void {
    this.earlier = this.results;
    this.run = { head, rows: [] };
  }

  add(rows: readonly ReportRow[]): void {
    this.run?.rows.push(...rows.map(told));
  }
}

/** In a table a failure is one line, and says something. */
function told(row: ReportRow): ReportRow {
  if (!("failure" in row)) return row;
  return { ...row, failure: row.failure.replace(/\s+/g, " ").trim() || "it failed without a word." };
}

/** As a reader can paste it anywhere. */
export function ownText(results: Results): string {
  const { adapter, browser, date } = results;
  return `${adapter}, ${browser}, ${date}\n\n${reportTable(results.cases)}\n`;
}

/** As `npm run bench -- --json` writes it. */
export function ownFile(results: Results): {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
} {
  const name = `tilegrad-${adapterSlug(results.adapter)}-${results.date.slice(0, 10)}.json`;
  return { name, bytes: new TextEncoder().encode(resultsText(results)) };
}
