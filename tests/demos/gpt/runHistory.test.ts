import { describe, expect, it } from "vitest";
import type { RunHistory } from "../../../demos/gpt/protocol.ts";
import { HistoryRecorder, historyBytes, parseHistory } from "../../../demos/gpt/runHistory.ts";
import { isSampleDue } from "../../../demos/gpt/sampler.ts";

const history: RunHistory = {
  losses: [
    { step: 1, value: 4 },
    { step: 2, value: 3 },
  ],
  validations: [
    { step: 0, loss: 4.5, exactAccuracy: undefined },
    { step: 50, loss: 3, exactAccuracy: 0.5 },
  ],
  samples: [
    { step: 0, loss: Number.NaN, lines: [{ prompt: "a", text: "b" }] },
    {
      step: 25,
      loss: 3.5,
      lines: [{ prompt: "1+1=", text: "2", verdict: { isRight: true, shown: "1+1=2", expected: "1+1=2" } }],
    },
  ],
};

describe("a history", () => {
  it("comes back from its file as it was, losses that are no number included", () => {
    expect(parseHistory(historyBytes(history))).toEqual(history);
    expect(new HistoryRecorder(history).all).toEqual(history);
  });

  it.each([
    "",
    "[]",
    "null",
    '{"losses":[],"validations":[]}',
    '{"losses":[{"step":"1","value":2}],"validations":[],"samples":[]}',
    '{"losses":[],"validations":[],"samples":[{"step":1,"loss":2,"lines":[{"prompt":1,"text":""}]}]}',
  ])("of another form is none: %s", (text) => {
    expect(parseHistory(new TextEncoder().encode(text))).toBeUndefined();
  });

  it("tells the mean of the last losses", () => {
    const recorder = new HistoryRecorder();
    expect(recorder.recentLoss).toBeNaN();
    for (let step = 1; step <= 100; step++) recorder.addLoss({ step, value: step });
    expect(recorder.recentLoss).toBe(90.5);
  });

  it("keeps the first samples and the newest, and not more than a list can show", () => {
    const recorder = new HistoryRecorder();
    for (let step = 0; step < 500; step++) recorder.addSample({ step, loss: 1, lines: [] });
    const { samples } = recorder.all;
    expect(samples.length).toBeLessThanOrEqual(40);
    expect(samples[0].step).toBe(0);
    expect(samples[samples.length - 1].step).toBe(499);
  });
});

describe("samples", () => {
  it("are taken often at first, and twice in each doubling later", () => {
    const due = Array.from({ length: 2500 }, (_, step) => step).filter(isSampleDue);
    expect(due).toEqual([0, 25, 50, 100, 150, 200, 300, 400, 600, 800, 1200, 1600, 2400]);
  });
});
