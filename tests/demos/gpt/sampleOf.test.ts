// Samples in the file of a run's history.

import { describe, expect, it } from "vitest";
import { HistoryRecorder, historyBytes, parseHistory } from "../../../demos/_shell/runHistory.ts";
import type { Sample } from "../../../demos/gpt/pageTypes.ts";
import { sampleOf } from "../../../demos/gpt/sampleOf.ts";

const samples: Sample[] = [
  { step: 0, loss: undefined, lines: [{ prompt: "a", text: "b" }] },
  {
    step: 25,
    loss: 3.5,
    lines: [{ prompt: "1+1=", text: "2", verdict: { isRight: true, shown: "1+1=2", expected: "1+1=2" } }],
  },
];
const curves = {
  "training loss": [
    { step: 1, value: 4 },
    { step: 2, value: 3 },
  ],
  "exact answers": [{ step: 50, value: 12.5 }],
};

describe("a history with samples", () => {
  it("comes back from its file as it was, samples without a loss included", () => {
    const history = { curves, samples };
    expect(parseHistory(historyBytes(history), sampleOf)).toEqual(history);
    expect(new HistoryRecorder<Sample>(history).all).toEqual(history);
  });

  it("keeps the first samples and the newest, and not more than a list can show", () => {
    const recorder = new HistoryRecorder<Sample>();
    for (let step = 0; step < 500; step++) recorder.addSample({ step, loss: 1, lines: [] });
    const { samples: kept } = recorder.all;
    expect(kept.length).toBeLessThanOrEqual(40);
    expect(kept[0].step).toBe(0);
    expect(kept[kept.length - 1].step).toBe(499);
  });

  it("tells the mean of the last losses", () => {
    const recorder = new HistoryRecorder<Sample>();
    expect(recorder.recent("training loss", 20)).toBeNaN();
    for (let step = 1; step <= 100; step++) recorder.add("training loss", { step, value: step });
    expect(recorder.recent("training loss", 20)).toBe(90.5);
  });

  it.each([
    "",
    "[]",
    "null",
    '{"curves":{}}',
    '{"curves":{"training loss":[{"step":"1","value":2}]},"samples":[]}',
    '{"curves":{},"samples":[{"step":1,"loss":2,"lines":[{"prompt":1,"text":""}]}]}',
  ])("of another form is none: %s", (text) => {
    expect(parseHistory(new TextEncoder().encode(text), sampleOf)).toBeUndefined();
  });
});

describe("a sample", () => {
  it("without a number for its loss has none", () => {
    expect(sampleOf({ step: 0, loss: null, lines: [] })).toEqual({ step: 0, loss: undefined, lines: [] });
  });

  it.each([
    { step: "1", loss: 2, lines: [] },
    { step: 1, loss: "2", lines: [] },
    { step: 1, loss: 2 },
    { step: 1, loss: 2, lines: [{ prompt: "a", text: "b", verdict: { isRight: 1 } }] },
    { step: 1, loss: 2, lines: [{ prompt: "a", text: "b", verdict: "right" }] },
  ])("of another form is none: %j", (value) => {
    expect(sampleOf(value)).toBeUndefined();
  });
});
