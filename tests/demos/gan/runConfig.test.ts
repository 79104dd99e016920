// What a link to a DCGAN carries, and which saved run it means.

import { describe, expect, test } from "vitest";
import { labelsOf } from "../../../demos/gan/pictureFiles.ts";
import {
  completeConfig,
  configOf,
  keyOf,
  linkOf,
  RECIPES,
  type RunConfig,
  readLink,
  recipeOf,
  WIDTHS,
  widthOf,
} from "../../../demos/gan/runConfig.ts";
import { DEFAULT_SETTINGS, PLAIN_SETTINGS, settingsFault } from "../../../demos/gan/settings.ts";

const wantedOf = (hash: string) => {
  const read = readLink(hash);
  if ("fault" in read) throw new Error(read.fault);
  return read.wanted;
};

test("what nobody chose suits the adapter, and is allowed", () => {
  const [hardware, software] = [completeConfig({}), completeConfig({}, true)];
  expect(hardware).toMatchObject({ batchSize: 64, pictureCount: 6000, conditional: true, average: 0.98 });
  expect(software).toMatchObject({ batchSize: 16, pictureCount: 1000 });
  expect([hardware, software].map(settingsFault)).toEqual([undefined, undefined]);
});

test("rates do not fall: the page has no last step", () => {
  expect(completeConfig({ learningRate: 0.5, finalLearningRate: 0.1 }).finalLearningRate).toBe(0.5);
});

test.each(Object.entries(RECIPES))(
  "recipe %s is told by its settings, whatever its rates",
  (name, recipe) => {
    const config = completeConfig({ ...recipe, learningRate: 0.1 });
    expect(recipeOf(config)).toBe(name);
    expect(settingsFault(config)).toBeUndefined();
  },
);

test("widths have names", () => {
  expect(Object.values(WIDTHS).map(widthOf)).toEqual(Object.keys(WIDTHS));
  expect(widthOf({ channels: [5, 4] })).toBeUndefined();
});

describe("a link", () => {
  const files = { kind: "files", name: "my cats & dogs", fingerprint: "00ff00ff00ff" } as const;

  test.each<[string, Partial<RunConfig>]>([
    ["as by default", {}],
    ["of files", { source: files }],
    ["of a recipe", { ...RECIPES.wasserstein, size: 32, latentSize: 2, channels: [7, 5], seed: 2 ** 32 - 1 }],
    ["of own rates", { learningRate: 3e-5, discriminatorRate: 0.25, betas: [0, 0.9] }],
  ])("%s comes back as it was", (_, part) => {
    const config = completeConfig(part);
    const { finalLearningRate, steps, ...carried } = config;
    const { pictureCount, ...ofFiles } = carried;
    const expected = config.source.kind === "files" ? ofFiles : carried;
    expect(wantedOf(`#${linkOf(config)}`)).toEqual(expected);
  });

  test("carries nothing where it is empty, and says what is wrong with another version", () => {
    expect(wantedOf("")).toEqual({});
    expect(readLink("#v=2")).toEqual({
      fault:
        "This link is of version 2, and this page reads version 1. The page begins with settings of its own.",
    });
  });

  test("leaves out what no setting can be, but for a batch of one, which is told", () => {
    const wrong =
      "size=30&latents=0&channels=3_x&told=maybe&loss=hinge&real=2&average=1&betas=1_2&seed=-1&rates=0_-1";
    expect(wantedOf(`#v=1&pictures=generated_0&${wrong}&batch=1`)).toEqual({
      source: { kind: "generated" },
      batchSize: 1,
    });
  });

  test("means the run of the same settings, whatever its rates", () => {
    const config = completeConfig({});
    expect(keyOf({ ...config, learningRate: 1, discriminatorRate: 2 })).toBe(keyOf(config));
    for (const part of [{ seed: 2 }, { conditional: false }, { source: files }, { average: 0 }]) {
      expect(keyOf({ ...config, ...part })).not.toBe(keyOf(config));
    }
  });
});

test("a checkpoint of the command line has generated digits, and one rate for both networks", () => {
  const config = configOf({ ...PLAIN_SETTINGS, learningRate: 0.5 });
  expect(config).toMatchObject({ source: { kind: "generated" }, discriminatorRate: 0.5, pictureCount: 6000 });
  const own = completeConfig({ pictureCount: 7, discriminatorRate: 0.25 });
  expect(configOf(JSON.parse(JSON.stringify(own)))).toEqual(own);
  expect(configOf({ ...DEFAULT_SETTINGS, source: 5 } as never).source).toEqual({ kind: "generated" });
});

describe("labels of folders", () => {
  test("are by name, in the order of numbers", () => {
    const paths = ["set/10/a.png", "set/2/b.png", "set/10/c.png"];
    expect(labelsOf(paths)).toEqual({ labels: Uint8Array.of(1, 0, 1), classNames: ["2", "10"] });
  });

  test.each<[string, string[]]>([
    ["one folder", ["set/a.png", "set/b.png"]],
    ["no folder", ["a.png", "b.png"]],
    ["eleven", Array.from({ length: 11 }, (_, i) => `set/${i}/a.png`)],
  ])("are none for %s", (_, paths) => {
    expect(labelsOf(paths)).toEqual({ labels: undefined, classNames: [] });
  });
});
