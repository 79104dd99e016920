// The plain data of the 2-D GAN: distributions, drawings, links, measures, checkpoints' configs and command line.

import { describe, expect, test } from "vitest";
import { FORMAT, parseConfig, VERSION } from "../../../demos/gan2d/checkpointConfig.ts";
import { DISTRIBUTION_NAMES, distributionOf, modesOf } from "../../../demos/gan2d/distributions.ts";
import { decodeDots, encodeDots, MOST_DOTS, snap } from "../../../demos/gan2d/drawing.ts";
import { DEFAULT_SETTINGS, settingsFault } from "../../../demos/gan2d/ganSettings.ts";
import { fixedLatents, latentGrid } from "../../../demos/gan2d/latents.ts";
import { coverageOf, divergenceOf, histogramOf, jensenShannon } from "../../../demos/gan2d/measures.ts";
import { linkOf, RECIPE_NAMES, RECIPES, readLink, recipeOf } from "../../../demos/gan2d/runConfig.ts";
import { verdictOf } from "../../../demos/gan2d/verdict.ts";
import { parseGan2dOptions } from "../../../scripts/train/gan2dOptions.ts";
import { pointsPicture } from "../../../scripts/train/pointsPicture.ts";

describe("distributions", () => {
  test.each(DISTRIBUTION_NAMES)("%s lies on the plane, and the seed says which points", (name) => {
    const drawing = encodeDots([
      { x: -0.5, y: 0 },
      { x: 0.5, y: 0.5 },
    ]);
    const { points, modes } = distributionOf(name, drawing, 7, 2000);
    expect(points.length).toBe(4000);
    expect(points.filter((value) => Math.abs(value) > 1.1).length).toBeLessThan(20);
    expect(distributionOf(name, drawing, 7, 2000).points).toEqual(points);
    expect(distributionOf(name, drawing, 8, 2000).points).not.toEqual(points);
    expect(modes).toEqual(modesOf(name));
  });

  test("points of modes lie within three deviations, as a normal distribution in the plane has it", () => {
    for (const [name, count] of [
      ["ring", 8],
      ["grid", 25],
      ["gaussian", 1],
    ] as const) {
      const { points, modes } = distributionOf(name, "", 3, 20_000);
      if (modes === undefined) throw new Error("it has modes");
      const { covered, within, shares } = coverageOf(points, modes);
      expect(covered).toBe(count);
      // 1 - exp(-9/2)
      expect(Math.abs(within - 0.9889)).toBeLessThan(0.004);
      expect(shares.length).toBe(count);
    }
  });

  test("latents are of their distribution, and squares of their grid equally likely", () => {
    const normal = fixedLatents({ latent: "normal", latentSize: 2, seed: 1 }, 5000, 1);
    const mean = normal.reduce((sum, x) => sum + x, 0) / normal.length;
    const variance = normal.reduce((sum, x) => sum + x * x, 0) / normal.length;
    expect(Math.abs(mean)).toBeLessThan(0.05);
    expect(Math.abs(variance - 1)).toBeLessThan(0.05);
    const line = latentGrid({ latent: "normal", latentSize: 1, seed: 1 }, 9);
    expect(line.length).toBe(81);
    expect(Math.abs(line[40])).toBeLessThan(1e-6);
    expect(Math.abs(line[80] - 2.326)).toBeLessThan(0.02);
    expect([...latentGrid({ latent: "uniform", latentSize: 2, seed: 1 }, 2)]).toEqual([
      -1, -1, 1, -1, -1, 1, 1, 1,
    ]);
  });
});

describe("drawings", () => {
  test("come back from their text as they were", () => {
    const dots = [
      { x: -1, y: 1 },
      { x: 0.1, y: -0.7 },
    ].map(snap);
    expect(decodeDots(encodeDots(dots))).toEqual(dots);
    expect(encodeDots(dots)).toHaveLength(4);
  });

  test.each(["A", "A!", "A".repeat(2 * MOST_DOTS + 2)])("no drawing: %s", (text) => {
    expect(decodeDots(text)).toBeUndefined();
  });
});

describe("measures", () => {
  test("equal points are at no distance, points apart at the largest", () => {
    const here = histogramOf(Array.from({ length: 4000 }, () => 0.5));
    const there = histogramOf(Array.from({ length: 4000 }, () => -0.5));
    expect(divergenceOf(here, here)).toBe(0);
    expect(jensenShannon(here, here)).toBe(0);
    expect(jensenShannon(here, there)).toBeGreaterThan(0.65);
    expect(jensenShannon(here, there)).toBeLessThanOrEqual(Math.LN2);
    expect(divergenceOf(here, there)).toBeGreaterThan(5);
    expect(here.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  test("points that are no numbers cover nothing", () => {
    const modes = modesOf("ring");
    if (modes === undefined) throw new Error("it has modes");
    const { covered, within } = coverageOf([Number.NaN, Number.NaN], modes);
    expect({ covered, within }).toEqual({ covered: 0, within: 0 });
  });

  test("one mode of eight is a collapse", () => {
    const modes = modesOf("ring");
    if (modes === undefined) throw new Error("it has modes");
    const { x, y } = modes.centres[2];
    const { covered, within } = coverageOf(
      Array.from({ length: 200 }, (_, i) => (i % 2 ? y : x)),
      modes,
    );
    expect({ covered, within }).toEqual({ covered: 1, within: 1 });
  });
});

describe("opinions", () => {
  test("of scores depend on the loss", () => {
    expect(verdictOf("nonSaturating", [])(0)).toBe(0);
    expect(verdictOf("minimax", [])(20)).toBeCloseTo(1, 6);
    expect(verdictOf("leastSquares", [])(0.5)).toBe(0);
    expect(verdictOf("leastSquares", [])(7)).toBe(1);
    const field = Array.from({ length: 101 }, (_, i) => i + 200);
    const verdict = verdictOf("wasserstein", field);
    expect(verdict(250)).toBeCloseTo(0, 6);
    expect([verdict(0), verdict(1000)]).toEqual([-1, 1]);
  });
});

describe("links", () => {
  const config = {
    ...DEFAULT_SETTINGS,
    ...RECIPES.wasserstein,
    distribution: "drawn",
    drawing: "AA__",
    latent: "uniform",
    latentSize: 1,
    generator: { layers: 3, width: 16, activation: "tanh" },
    seed: 12,
  } as const;

  test("carry all settings", () => {
    expect(readLink(`#${linkOf(config)}`)).toEqual({ wanted: config });
    expect(recipeOf(config)).toBe("wasserstein");
    for (const name of RECIPE_NAMES) {
      expect(settingsFault({ ...DEFAULT_SETTINGS, ...RECIPES[name] }), name).toBeUndefined();
    }
  });

  test("what no setting can be is left out; other versions are refused", () => {
    expect(readLink("#v=1&data=pyramid&seed=-3&turns=99_1&batch=64&rates=x_0.1")).toEqual({
      wanted: { discriminatorSteps: 1, batchSize: 64, discriminatorRate: 0.1 },
    });
    expect(readLink("")).toEqual({ wanted: {} });
    expect(readLink("#v=7")).toEqual({
      fault:
        "This link is of version 7, and this page reads version 1. The page begins with settings of its own.",
    });
  });
});

describe("files", () => {
  const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const random = { seed: 1, step: 2, eagerStreams: 0, hostStreams: 3 };
  const config = { format: FORMAT, version: VERSION, step: 5, settings: DEFAULT_SETTINGS, random };

  test("a config is read as it was written, or refused with a reason", () => {
    expect(parseConfig(bytes(config))).toEqual(config);
    expect(parseConfig(Uint8Array.of(123))).toBe(
      "config.json: it is no JSON; it must be what a checkpoint was saved with.",
    );
    expect(parseConfig(bytes({ ...config, version: 2 }))).toBe(
      'config.json: it is not of format "tilegrad-gan2d", version 1; it must be what a checkpoint was saved with.',
    );
    expect(parseConfig(bytes({ ...config, settings: { ...DEFAULT_SETTINGS, loss: "hinge" } }))).toBe(
      "config.json: settings: loss is hinge; it must be one of minimax, nonSaturating, leastSquares, wasserstein.",
    );
  });
});

describe("command line", () => {
  test("defaults, recipes and what is given", () => {
    expect(parseGan2dOptions([])).toEqual({
      settings: DEFAULT_SETTINGS,
      given: {},
      steps: 1600,
      resume: undefined,
      out: "runs/gan2d",
      json: undefined,
    });
    const { settings, given, resume } = parseGan2dOptions(
      "--recipe wasserstein --distribution grid --lr 0.001 --latents 1 --resume --out a".split(" "),
    );
    expect(settings).toMatchObject({
      distribution: "grid",
      penalty: "gradientPenalty",
      generatorRate: 0.001,
      discriminatorRate: 0.002,
      latentSize: 1,
    });
    expect(given).toEqual({ generatorRate: 0.001, discriminatorRate: 0.002 });
    expect(resume).toBe("a");
  });

  test.each([
    [
      "--distribution drawn",
      '--distribution is "drawn"; it must be one of ring, grid, moons, spiral, line, gaussian.',
    ],
    ["--data x", 'the argument "--data" is unknown; --help lists the options.'],
    ["--latents 3", '--latents is "3"; it must be a whole number from 1 to 2.'],
    [
      "--loss hinge",
      '--loss is "hinge"; it must be one of minimax, nonSaturating, leastSquares, wasserstein.',
    ],
  ])("%s is refused", (text, message) => {
    expect(() => parseGan2dOptions(text.split(" "))).toThrow(message);
  });

  test("a picture has a mark for each point on the plane", () => {
    const { width, pixels } = pointsPicture([0, 0], [9, 9]);
    const at = 3 * (240 * width + 240);
    expect(pixels[at]).toBeLessThan(255);
    expect(pixels[at + 2]).toBeGreaterThan(pixels[at]);
    expect(pixels.filter((value) => value < 255).length).toBeLessThan(120);
  });
});
