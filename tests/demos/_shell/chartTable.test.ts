import { expect, it } from "vitest";
import type { ChartSeries } from "../../../demos/_shell/chartLines.ts";
import { tableContent } from "../../../demos/_shell/chartTable.ts";
import { RunLog } from "../../../demos/_shell/runLog.ts";

const series: ChartSeries[] = [
  { name: "loss", label: "training", colour: "--curve-one", isDashed: false, isSmoothed: true },
  { name: "test", label: "test loss", colour: "--curve-two", isDashed: true, isSmoothed: false },
];

function fill(log: RunLog, count: number): void {
  log.begin({ steps: String(count) });
  log.add(
    "loss",
    Array.from({ length: count }, (_, i) => ({ step: i + 1, value: i + 1 })),
  );
  log.add("test", [{ step: 50, value: 0.25 }]);
}

it("shows twelve steps spread over the run, each with the last value up to it", () => {
  const log = new RunLog();
  fill(log, 111);
  const { columns, rows } = tableContent(log, series, 0);
  expect(columns).toEqual(["step", "training", "test loss"]);
  expect(rows.map(([step]) => step)).toEqual([
    "1",
    "11",
    "21",
    "31",
    "41",
    "51",
    "61",
    "71",
    "81",
    "91",
    "101",
    "111",
  ]);
  expect(rows[4]).toEqual(["41", "41.00", "–"]);
  expect(rows[5]).toEqual(["51", "51.00", "0.250"]);
});

it("shows all steps of a short run, smoothed as its line is", () => {
  const log = new RunLog();
  fill(log, 2);
  expect(tableContent(log, series, 0).rows).toEqual([
    ["1", "1.000", "–"],
    ["2", "2.000", "–"],
  ]);
  // Weights 1/2 and 1 of 3/2.
  expect(tableContent(log, series, 0.5).rows[1]).toEqual(["2", "1.667", "–"]);
});

it("ends with the last values of other visible runs", () => {
  const log = new RunLog();
  fill(log, 100);
  fill(log, 2);
  expect(tableContent(log, series, 0).rows[2]).toEqual(["steps 100, end (step 100)", "100.0", "0.250"]);
  log.setVisible(1, false);
  expect(tableContent(log, series, 0).rows).toHaveLength(2);
});

it("has no rows before the first point", () => {
  expect(tableContent(new RunLog(), series, 0).rows).toEqual([]);
});
