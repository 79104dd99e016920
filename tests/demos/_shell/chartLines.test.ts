import { describe, expect, it } from "vitest";
import {
  alignLines,
  type ChartSeries,
  isPositive,
  linesOf,
  stepTicks,
  valueTicks,
} from "../../../demos/_shell/chartLines.ts";
import { RunLog } from "../../../demos/_shell/runLog.ts";

const loss: ChartSeries = {
  name: "loss",
  label: "training",
  colour: "--curve-one",
  isDashed: false,
  isSmoothed: true,
};
const test: ChartSeries = {
  name: "test",
  label: "test",
  colour: "--curve-two",
  isDashed: true,
  isSmoothed: false,
};

function add(log: RunLog, name: string, steps: readonly number[], values: readonly number[]): void {
  log.add(
    name,
    steps.map((step, index) => ({ step, value: values[index] })),
  );
}

/** An earlier run with steps 1, 3, 5 and a current one with steps 2, 3 and a test at 3. */
function twoRuns(): RunLog {
  const log = new RunLog();
  log.begin({ seed: "1" });
  add(log, "loss", [1, 3, 5], [10, 30, 50]);
  log.begin({ seed: "2" });
  add(log, "loss", [2, 3], [20, 31]);
  add(log, "test", [3], [9]);
  return log;
}

const kindsOf = (log: RunLog, smoothing: number) =>
  linesOf(log, [loss, test], smoothing).map(({ kind, runId, series }) => `${kind} ${series.name} ${runId}`);

describe("lines", () => {
  it("stand in order: earlier runs, then the points and the lines of this one", () => {
    expect(kindsOf(twoRuns(), 0.5)).toEqual([
      "earlier loss 1",
      "points loss 2",
      "line loss 2",
      "line test 2",
    ]);
  });

  it("have no points of their own where nothing is smoothed", () => {
    expect(kindsOf(twoRuns(), 0)).toEqual(["earlier loss 1", "line loss 2", "line test 2"]);
  });

  it("leave out what is not visible, and series without a point", () => {
    const log = twoRuns();
    log.setVisible(1, false);
    expect(kindsOf(log, 0)).toEqual(["line loss 2", "line test 2"]);
    log.setVisible(2, false);
    expect(kindsOf(log, 0)).toEqual([]);
  });
});

describe("columns", () => {
  it("stand over all steps, without a break where only another run has a step", () => {
    expect(alignLines(linesOf(twoRuns(), [loss, test], 0))).toEqual([
      [1, 2, 3, 5],
      [10, undefined, 30, 50],
      [undefined, 20, 31, undefined],
      [undefined, undefined, 9, undefined],
    ]);
  });

  it("are broken from the point before to the point after a value that is no number", () => {
    const log = new RunLog();
    log.begin({ seed: "1" });
    add(log, "loss", [1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 1, 1]);
    log.begin({ seed: "2" });
    add(log, "loss", [0, 1, 3, 5, 6], [Number.NaN, 1, Number.NaN, 1, Number.POSITIVE_INFINITY]);
    const [steps, , own] = alignLines(linesOf(log, [loss], 0));
    expect(steps).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(own).toEqual([undefined, 1, null, null, null, 1, undefined]);
  });

  it("show the last of several points at one step", () => {
    const log = new RunLog();
    log.begin({});
    add(log, "loss", [1, 1, 2], [5, 6, 7]);
    expect(alignLines(linesOf(log, [loss], 0))).toEqual([
      [1, 2],
      [6, 7],
    ]);
  });

  it("have one step where there is no line", () => {
    expect(alignLines([])).toEqual([[0]]);
  });
});

describe("axes", () => {
  it("have room for what is asked, and for what there is", () => {
    const lines = linesOf(twoRuns(), [loss, test], 0);
    expect(stepTicks(lines, 4).most).toBe(60);
    expect(valueTicks(lines, { leastTop: 1 }, 4, false).most).toBe(60);
    expect(valueTicks(lines, { leastTop: 200 }, 4, false).most).toBe(200);
    expect(valueTicks(lines, { leastTop: 1, top: 25 }, 4, false).most).toBe(30);
    expect(valueTicks([], { leastTop: 2.5 }, 4, false).most).toBe(3);
  });

  it("go below 0 only where they may", () => {
    const log = new RunLog();
    log.begin({});
    add(log, "loss", [1, 2], [-3, 3]);
    const lines = linesOf(log, [loss], 0);
    expect(valueTicks(lines, { leastTop: 1 }, 4, false).least).toBe(0);
    expect(valueTicks(lines, { leastTop: 1, isSigned: true }, 4, false).least).toBe(-3);
    expect(isPositive(lines)).toBe(false);
  });

  it("are logarithmic around the values alone", () => {
    const lines = linesOf(twoRuns(), [loss, test], 0);
    expect(isPositive(lines)).toBe(true);
    expect(valueTicks(lines, { leastTop: 200 }, 4, true)).toEqual({
      least: 5,
      most: 50,
      places: [5, 10, 20, 50],
    });
  });
});
