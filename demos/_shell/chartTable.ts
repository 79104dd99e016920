// The numbers of a chart as a table, for those who cannot see it or want them.
//
// Decides: which steps are shown. Values are those of the lines, smoothed where they are.

import { type ChartSeries, shownValues } from "./chartLines.ts";
import { reading } from "./chartNumbers.ts";
import { indexUpTo } from "./curve.ts";
import { make, setText } from "./elements.ts";
import { grouped } from "./numbers.ts";
import type { Run, RunLog } from "./runLog.ts";

/** Steps shown of the current run, at most. */
const MOST_ROWS = 12;

/** What a table says: rows of as many cells as there are columns. */
export interface TableContent {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/**
 * The current run at steps spread over it, each with the last value up to it; then the last values of the other visible
 * runs, by name.
 */
export function tableContent(log: RunLog, series: readonly ChartSeries[], smoothing: number): TableContent {
  const { current } = log;
  const rows = current === undefined ? [] : rowsOf(current, series, smoothing);
  const others = log.runs.filter((run) => run.isVisible && run !== current);
  return {
    columns: ["step", ...series.map(({ label }) => label)],
    rows: [...rows, ...others.map((run) => lastRow(run, log.nameOf(run), series, smoothing))],
  };
}

function rowsOf(run: Run, series: readonly ChartSeries[], smoothing: number): string[][] {
  return spread(longestSteps(run, series)).map((step) => [
    grouped(step),
    ...series.map((one) => valueUpTo(run, one, smoothing, step)),
  ]);
}

function lastRow(run: Run, name: string, series: readonly ChartSeries[], smoothing: number): string[] {
  const steps = longestSteps(run, series);
  const end = steps.length === 0 ? "" : `, end (step ${grouped(steps[steps.length - 1])})`;
  const values = series.map((one) => valueUpTo(run, one, smoothing, Number.POSITIVE_INFINITY));
  return [`${name}${end}`, ...values];
}

function valueUpTo(run: Run, series: ChartSeries, smoothing: number, step: number): string {
  const curve = run.curves.get(series.name);
  if (curve === undefined) return reading(undefined);
  return reading(shownValues(curve, series, smoothing)[indexUpTo(curve.steps, step)]);
}

function longestSteps({ curves }: Run, series: readonly ChartSeries[]): readonly number[] {
  const lists = series.map(({ name }) => curves.get(name)?.steps ?? []);
  return lists.reduce((longest, steps) => (steps.length > longest.length ? steps : longest), []);
}

/** Some of `steps`, evenly, with the first and the last. */
function spread(steps: readonly number[]): number[] {
  const count = Math.min(MOST_ROWS, steps.length);
  return Array.from({ length: count }, (_, row) => {
    return steps[Math.round((row * (steps.length - 1)) / Math.max(1, count - 1))];
  });
}

/** A table that can be shown again with other content; what stays the same is left as it is. */
export class ChartTable {
  readonly element: HTMLElement = make("section", "chart-table");
  private readonly head = make("tr");
  private readonly body = make("tbody");

  constructor(title: string) {
    const table = make("table");
    const top = make("thead");
    top.append(this.head);
    table.append(make("caption", "", title), top, this.body);
    this.element.append(table);
    // It may be wider than its place, and then it scrolls.
    this.element.tabIndex = 0;
    this.element.ariaLabel = `${title} as a table`;
  }

  show({ columns, rows }: TableContent): void {
    fillRow(this.head, columns, (name) => {
      const cell = make("th", "", name);
      cell.scope = "col";
      return cell;
    });
    while (this.body.rows.length > rows.length) this.body.deleteRow(-1);
    for (const [index, cells] of rows.entries()) {
      const row = this.body.rows[index] ?? this.body.insertRow();
      fillRow(row, cells, (text, column) => {
        if (column > 0) return make("td", "", text);
        const cell = make("th", "", text);
        cell.scope = "row";
        return cell;
      });
    }
  }
}

function fillRow(
  row: HTMLTableRowElement,
  texts: readonly string[],
  makeCell: (text: string, column: number) => HTMLTableCellElement,
): void {
  for (const [column, text] of texts.entries()) {
    const cell = row.cells[column];
    if (cell === undefined) row.append(makeCell(text, column));
    else setText(cell, text);
  }
}
