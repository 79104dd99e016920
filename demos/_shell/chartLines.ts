// What a chart draws: which curves of which runs, as columns over one list of steps.
//
// Decides: the order of the lines, what is drawn of earlier runs, where a line is broken, and the range of the axes.

import { type AxisTicks, linearTicks, logTicks } from "./chartNumbers.ts";
import { type Curve, indexUpTo, smoothedValues } from "./curve.ts";
import type { Run, RunId, RunLog } from "./runLog.ts";

/** One of the things that a chart shows. */
export interface ChartSeries {
  /** Its name in the log. */
  readonly name: string;
  /** What the visitor reads. */
  readonly label: string;
  readonly colour: "--curve-one" | "--curve-two" | "--curve-three" | "--curve-four";
  readonly isDashed: boolean;
  /** Draws a moving average over the faint points. */
  readonly isSmoothed: boolean;
}

/** `points` stand behind the `line` of the current run; of an earlier run there is only a pale line. */
export type LineKind = "earlier" | "points" | "line";

export interface ChartLine {
  readonly kind: LineKind;
  readonly runId: RunId;
  readonly series: ChartSeries;
  readonly curve: Curve;
  /** One for each point of the curve. */
  readonly values: readonly number[];
}

/** A value; null where the line is broken, undefined where it runs on to its next point. */
export type Cell = number | null | undefined;

/** Which part of the value axis is shown at least, and at most. */
export interface ValueLimits {
  /** The largest value that the axis has room for at least. */
  readonly leastTop: number;
  /** The largest value that the axis ever shows. */
  readonly top?: number;
  /** Whether the axis goes below 0 where values do. */
  readonly isSigned?: boolean;
}

/** No axis of steps is shorter, so that the first steps do not stretch over it. */
const LEAST_STEPS = 50;

/** The lines of the visible runs, in the order in which they are drawn: earlier runs first. */
export function linesOf(log: RunLog, series: readonly ChartSeries[], smoothing: number): ChartLine[] {
  return log.runs.flatMap((run) =>
    run.isVisible ? series.flatMap((one) => linesOfSeries(run, run === log.current, one, smoothing)) : [],
  );
}

function linesOfSeries(run: Run, isCurrent: boolean, series: ChartSeries, smoothing: number): ChartLine[] {
  const curve = run.curves.get(series.name);
  if (curve === undefined || curve.length === 0) return [];
  const values = shownValues(curve, series, smoothing);
  const line: ChartLine = { kind: isCurrent ? "line" : "earlier", runId: run.id, series, curve, values };
  const isPlain = values === curve.values;
  return isCurrent && !isPlain ? [{ ...line, kind: "points", values: curve.values }, line] : [line];
}

/** What the line of a curve shows, the values or their moving average. */
export function shownValues(curve: Curve, { isSmoothed }: ChartSeries, smoothing: number): readonly number[] {
  return smoothedValues(curve, isSmoothed ? smoothing : 0);
}

/** All steps of the lines, and for each line a value, or none, at each of them. */
export function alignLines(lines: readonly ChartLine[]): [steps: number[], ...columns: Cell[][]] {
  let steps: readonly number[] = [];
  for (const curve of new Set(lines.map((line) => line.curve))) {
    steps = merged(merged(steps, curve.steps), curve.gaps);
  }
  // There is no axis over no step at all.
  if (steps.length === 0) steps = [0];
  return [[...steps], ...lines.map((line) => columnOf(line, steps))];
}

/** What stands in either ascending list, once. */
function merged(one: readonly number[], other: readonly number[]): readonly number[] {
  if (other.length === 0) return one;
  const all: number[] = [];
  let last = Number.NEGATIVE_INFINITY;
  let [i, k] = [0, 0];
  while (i < one.length || k < other.length) {
    const next = k >= other.length || one[i] <= other[k] ? one[i++] : other[k++];
    if (next > last) all.push(next);
    last = next;
  }
  return all;
}

function columnOf({ curve, values }: ChartLine, steps: readonly number[]): Cell[] {
  const column: Cell[] = new Array<Cell>(steps.length).fill(undefined);
  let place = 0;
  for (const [point, step] of curve.steps.entries()) {
    while (steps[place] < step) place++;
    // Of several points at one step the last is shown.
    column[place] = values[point];
  }
  for (const gap of curve.gaps) {
    const before = indexUpTo(curve.steps, gap);
    if (before < 0 || before === curve.length - 1) continue;
    const from = indexUpTo(steps, curve.steps[before]) + 1;
    column.fill(null, from, indexUpTo(steps, curve.steps[before + 1]));
  }
  return column;
}

/** The axis of steps. */
export function stepTicks(lines: readonly ChartLine[], wanted: number): AxisTicks {
  return linearTicks(0, Math.max(LEAST_STEPS, ...lines.map(({ curve }) => curve.lastStep)), wanted);
}

/** The axis of values. A logarithmic one is for lines all of whose values are positive. */
export function valueTicks(
  lines: readonly ChartLine[],
  { leastTop, top = Number.POSITIVE_INFINITY, isSigned = false }: ValueLimits,
  wanted: number,
  isLogarithmic: boolean,
): AxisTicks {
  const curves = [...new Set(lines.map(({ curve }) => curve))];
  const highest = Math.max(...curves.map((curve) => curve.highest));
  const lowest = Math.min(...curves.map((curve) => curve.lowest));
  if (isLogarithmic && curves.length > 0) return logTicks(lowest, Math.min(top, highest), wanted);
  return linearTicks(isSigned ? Math.min(0, lowest) : 0, Math.min(top, Math.max(leastTop, highest)), wanted);
}

/** Whether every value of the lines has a logarithm. */
export function isPositive(lines: readonly ChartLine[]): boolean {
  return lines.every(({ curve }) => curve.values.every((value) => value > 0));
}
