// What is kept of a run beside its checkpoint.

import { expect, test } from "vitest";
import { isRecord } from "../../../demos/_shell/checkpointConfig.ts";
import { HistoryRecorder, historyBytes, parseHistory } from "../../../demos/_shell/runHistory.ts";

interface Sample {
  readonly step: number;
  readonly text: string;
}

const sampleOf = (value: unknown): Sample | undefined =>
  isRecord(value) && typeof value.step === "number" && typeof value.text === "string"
    ? { step: value.step, text: value.text }
    : undefined;

test("curves and samples come back as they were written, and are gone on with", () => {
  const first = new HistoryRecorder<Sample>();
  for (let step = 1; step <= 30; step++) first.add("loss", { step, value: 1 / step });
  first.add("accuracy", { step: 10, value: 50 });
  first.addSample({ step: 10, text: "abc" });
  const parsed = parseHistory(historyBytes(first.all), sampleOf);
  expect(parsed).toEqual(first.all);
  const second = new HistoryRecorder(parsed);
  second.add("loss", { step: 31, value: 0 });
  expect(second.all.curves.loss).toHaveLength(31);
  expect(second.hasPointAt("accuracy", 10)).toBe(true);
  expect(second.hasPointAt("accuracy", 11)).toBe(false);
  expect(second.hasPointAt("nothing", 10)).toBe(false);
  expect(second.hasSampleAt(10)).toBe(true);
  expect(second.recent("loss", 2)).toBeCloseTo(1 / 60, 9);
  expect(second.recent("nothing", 2)).toBeNaN();
});

test("of many samples every second of the older half goes", () => {
  const history = new HistoryRecorder<Sample>();
  for (let step = 0; step < 200; step++) history.addSample({ step, text: "" });
  const { samples } = history.all;
  expect(samples.length).toBeLessThanOrEqual(40);
  expect(samples[0].step).toBe(0);
  expect(samples.slice(-20).map(({ step }) => step)).toEqual(Array.from({ length: 20 }, (_, i) => 180 + i));
});

test.each([
  ["no JSON", "{"],
  ["no object", "3"],
  ["curves that are none", '{"curves": 3, "samples": []}'],
  ["a point without a value", '{"curves": {"loss": [{"step": 1}]}, "samples": []}'],
  ["a sample that is none", '{"curves": {}, "samples": [{"step": "1"}]}'],
])("a file with %s is no history", (_, text) => {
  expect(parseHistory(new TextEncoder().encode(text), sampleOf)).toBeUndefined();
});
