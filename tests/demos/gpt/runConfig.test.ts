import { describe, expect, it } from "vitest";
import {
  completeConfig,
  configOf,
  keyOf,
  linkOf,
  PRESETS,
  presetOf,
  type RunConfig,
  readLink,
  settingsFor,
  type TextChoice,
} from "../../../demos/gpt/runConfig.ts";

const file: TextChoice = { kind: "file", name: "a: poem & more.txt", fingerprint: "0123abcd" };
const configs: RunConfig[] = [
  completeConfig({}, true),
  completeConfig({ text: { kind: "task", task: "sorting" }, seed: 4294967295 }, false),
  completeConfig({ text: file, vocabulary: 1024, dropout: 0.1, learningRate: 0.00047 }, false),
];

describe("links", () => {
  it.each(configs)("carry all of a configuration, %#", (config) => {
    expect(readLink(`#${linkOf(config)}`)).toEqual({ wanted: config });
  });

  it("carry nothing where there is none", () => {
    expect(readLink("")).toEqual({ wanted: {} });
    expect(readLink("#")).toEqual({ wanted: {} });
  });

  it("of another version are refused", () => {
    expect(readLink("#v=2&layers=3")).toEqual({
      fault:
        "This link is of version 2, and this page reads version 1. The page begins with settings of its own.",
    });
    expect(readLink("#layers=3")).toEqual({ fault: expect.stringContaining("names no version") });
  });

  it("leave out what is out of range or no number", () => {
    const link =
      "#v=1&layers=0&heads=2&width=abc&context=1e9&dropout=-1&seed=1.5&rate=0&text=nothing&tokens=3";
    expect(readLink(link)).toEqual({ wanted: { heads: 2 } });
  });

  it("with another learning rate mean the same saved run, with another seed another", () => {
    const [config] = configs;
    expect(keyOf({ ...config, learningRate: 1 })).toBe(keyOf(config));
    expect(keyOf({ ...config, seed: 9 })).not.toBe(keyOf(config));
  });
});

describe("settings", () => {
  it.each(configs)("become the configuration again, %#", (config) => {
    expect(configOf(settingsFor(config), config.text.kind === "file" ? config.text : undefined)).toEqual(
      config,
    );
  });

  it("keep the rate where it is put", () => {
    const settings = settingsFor(configs[2]);
    expect(settings.finalLearningRate).toBe(settings.learningRate);
  });

  it("are smaller on a software adapter, and known as a preset", () => {
    expect(presetOf(completeConfig({}, true))).toBe("tiny");
    expect(presetOf(completeConfig({}, false))).toBe("small");
    expect(presetOf(completeConfig({ layers: 5 }, false))).toBeUndefined();
    for (const { width, heads } of Object.values(PRESETS)) expect(width % heads).toBe(0);
  });
});
