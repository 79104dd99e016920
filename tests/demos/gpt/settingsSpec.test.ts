import { expect, test } from "vitest";
import { completeConfig, LIVE_SETTINGS } from "../../../demos/gpt/runConfig.ts";
import { labelsOf } from "../../../demos/gpt/settingsSpec.ts";

const config = completeConfig({ vocabulary: 1024 }, true);

test("every setting that can be chosen is in the words for it", () => {
  expect(labelsOf(config)).toEqual({
    text: "this page’s",
    tokens: "1024 byte pairs",
    context: "32",
    layers: "2",
    heads: "4",
    width: "64",
    batch: "8",
    dropout: "0",
    rate: "0.003",
    seed: "1",
  });
  const others = {
    text: { kind: "file", name: "poem.txt", fingerprint: "0123abcd" },
    vocabulary: 0,
    layers: 3,
    heads: 2,
    width: 32,
    context: 16,
    batchSize: 4,
    dropout: 0.1,
    seed: 2,
    learningRate: 0.01,
  } as const;
  expect(Object.keys(others).sort()).toEqual(Object.keys(config).sort());
  for (const [name, value] of Object.entries(others)) {
    expect(labelsOf({ ...config, [name]: value }), name).not.toEqual(labelsOf(config));
  }
  for (const name of LIVE_SETTINGS) expect(name in config).toBe(true);
});

test("what a task decides for itself is not in the words for it", () => {
  const task = { ...config, text: { kind: "task", task: "sorting" } } as const;
  expect(labelsOf({ ...task, vocabulary: 512, context: 64 })).toEqual(labelsOf(task));
  expect(labelsOf(task).text).toBe("sorting");
});
