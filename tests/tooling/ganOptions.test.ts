// The command line of `npm run train -- gan`, and the sheet of samples.

import { describe, expect, test } from "vitest";
import { DEFAULT_SETTINGS, PLAIN_SETTINGS } from "../../demos/gan/settings.ts";
import { parseDcganOptions } from "../../scripts/train/ganOptions.ts";
import { ganUsage, runGan } from "../../scripts/train/runGan.ts";
import { sampleSheet } from "../../scripts/train/sampleSheet.ts";

test("what is not given is the recipe's", () => {
  const options = parseDcganOptions([]);
  expect(options).toEqual({
    data: undefined,
    count: 10_000,
    resume: undefined,
    settings: DEFAULT_SETTINGS,
    given: {},
    out: "runs/gan",
    json: undefined,
  });
  expect(parseDcganOptions(["--recipe", "plain"]).settings).toEqual(PLAIN_SETTINGS);
});

test("what is given counts, and goes along when a run is resumed", () => {
  const args =
    "--size 32 --latent 8 --channels 6,3 --loss leastSquares --smooth 0.8 --steps 7 --batch 4 --seed 9";
  const { settings, given, resume } = parseDcganOptions([
    ...args.split(" "),
    "--lr=0.004",
    "--resume",
    "--out",
    "x",
  ]);
  expect(settings).toMatchObject({
    size: 32,
    latentSize: 8,
    channels: [6, 3],
    loss: "leastSquares",
    seed: 9,
  });
  expect(given).toEqual({
    loss: "leastSquares",
    realLabel: 0.8,
    steps: 7,
    learningRate: 0.004,
    finalLearningRate: 0.004,
    batchSize: 4,
  });
  expect(resume).toBe("x");
});

describe("what cannot be meant", () => {
  test.each<[string[], string]>([
    [["--data", "a", "--count", "5"], "--count is given with --data; it is for generated digits only."],
    [["--recipe", "best"], '--recipe is "best"; it must be default or plain.'],
    [["--size", "64"], '--size is "64"; it must be one of 28, 32.'],
    [["--channels", "8"], '--channels is "8"; it must be two whole numbers from 1 to 9999, such as 32,16.'],
    [["--smooth", "2"], '--smooth is "2"; it must be a number from 0 to 1.'],
    [["--steps", "0"], '--steps is "0"; it must be a whole number from 1.'],
    [["--layers", "2"], 'the argument "--layers" is unknown; --help lists the options.'],
  ])("%j", (args, message) => {
    expect(() => parseDcganOptions(args)).toThrow(new Error(message));
  });

  test.each<[string[], RegExp]>([
    [["--kind", "cyclegan"], /^--kind is "cyclegan"; it must be one of .*dcgan.*\.$/],
    [["--kind"], /^--kind has no value; --help lists the options\.$/],
    [["--kind", "dcgan", "--kind=dcgan"], /^--kind is given twice; once is enough\.$/],
  ])("%j", async (args, message) => {
    await expect(runGan(args)).rejects.toThrow(message);
  });
});

test("every option stands in the usage", () => {
  for (const flag of ["kind", "data", "recipe", "channels", "loss", "smooth", "lr", "resume", "json"]) {
    expect(ganUsage).toContain(`--${flag} `);
  }
  expect(Math.max(...ganUsage.split("\n").map((line) => line.length))).toBeLessThanOrEqual(125);
});

test("a sheet has each picture at twice its size, with lines between", () => {
  const pixels = Uint8Array.from([10, 20, 30, 40, 1, 2, 3, 4, 5, 6, 7, 8]);
  const { width, height, channels, pixels: sheet } = sampleSheet(pixels, 2, 2);
  expect({ width, height, channels }).toEqual({ width: 14, height: 14, channels: 1 });
  expect([...sheet.subarray(2 * 14, 3 * 14)]).toEqual([96, 96, 10, 10, 20, 20, 96, 96, 1, 1, 2, 2, 96, 96]);
  expect([...sheet.subarray(8 * 14 + 2, 8 * 14 + 6)]).toEqual([5, 5, 6, 6]);
});
