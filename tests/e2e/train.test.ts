// The training job as its user runs it: what it leaves behind, and what it says where something is wrong.

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { generateDigits } from "../../src/data/generateDigits.ts";
import { writeIdx } from "../../src/formats/idx.ts";
import { readSafetensors } from "../../src/formats/safetensors.ts";
import { runScript } from "./command.ts";

const runMs = 120_000;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "train-"));
});

afterAll(() => rm(folder, { recursive: true }));

const train = (args: readonly string[], env?: NodeJS.ProcessEnv) => runScript("scripts/train.ts", args, env);

test(
  "trains on generated digits and leaves a model, a sheet of mistakes and a report",
  async () => {
    const out = join(folder, "deep/out");
    const json = join(folder, "report/run.json");
    const sizes = ["--count", "256", "--split", "192", "--epochs", "1", "--batch", "32"];
    const { code, output, errors } = await train([
      "digits",
      ...sizes,
      "--seed",
      "7",
      "--out",
      out,
      "--json",
      json,
    ]);
    expect({ code, errors }).toEqual({ code: 0, errors: "" });

    const report = JSON.parse(await readFile(json, "utf8"));
    expect(Object.keys(report)).toEqual([
      "task",
      "adapter",
      "dataset",
      "seed",
      "steps",
      "stepsPerSecond",
      "losses",
      "testAccuracy",
      "plan",
    ]);
    expect(report).toMatchObject({
      task: "digits",
      adapter: expect.stringMatching(/^(hardware|software) /),
      dataset: { source: "generated", train: 192, test: 64 },
      seed: 7,
      steps: 6,
    });
    expect(report.losses).toHaveLength(6);
    // Ten classes and small first weights: the first loss is near log 10.
    expect(Math.abs(report.losses[0] - Math.log(10))).toBeLessThan(0.2);
    expect(report.losses.every((loss: number) => loss > 1.5 && loss < 3)).toBe(true);
    expect(report.stepsPerSecond).toBeGreaterThan(0);
    expect(report.testAccuracy * 64).toBe(Math.round(report.testAccuracy * 64));
    expect(Object.keys(report.plan)).toEqual([
      "dispatches",
      "submits",
      "pipelines",
      "peakBytes",
      "liveBytes",
    ]);
    expect(report.plan.submits).toBe(1);
    expect(report.plan.dispatches).toBeGreaterThanOrEqual(report.plan.pipelines);
    // Parameters and the two moments of Adam are alive, 61,706 numbers each.
    expect(report.plan.liveBytes).toBeGreaterThan(3 * 4 * 61_706);
    expect(report.plan.peakBytes).toBeGreaterThanOrEqual(report.plan.liveBytes);

    expect(await readdir(out)).toEqual(["mistakes.png", "model.safetensors"]);
    expect([...(await readFile(join(out, "mistakes.png"))).subarray(1, 4)]).toEqual(
      [..."PNG"].map((c) => c.charCodeAt(0)),
    );
    const { tensors } = readSafetensors(await readFile(join(out, "model.safetensors")));
    expect(tensors.size).toBe(10);
    expect(tensors.get("7.weight")).toMatchObject({ dtype: "F32", shape: [120, 400] });

    expect(output).toMatch(
      /^192 training and 64 test digits, generated\n.*WebGPU adapter: (hardware|software) /,
    );
    expect(output).toMatch(
      /epoch 1\/1: loss \d\.\d{4}, accuracy [\d.]+ %, test loss \d\.\d{4}, test accuracy/,
    );
    expect(output).toContain("confusion matrix, true digit down, predicted digit across:");
    expect(output).toContain(`test accuracy ${(100 * report.testAccuracy).toFixed(2)} %`);
    expect(output).not.toContain("\x1b");
  },
  runMs,
);

describe("whatever is wrong is one line on standard error and exit code 1", () => {
  const cases: [what: string, args: string[], message: string, env?: Record<string, string>][] = [
    ["no task", [], "train: no task is given; say one of digits, gpt, gan, or --help."],
    ["an unknown task", ["letters"], 'train: the task "letters" is unknown; there is digits, gpt, gan.'],
    [
      "a folder that does not exist",
      ["digits", "--data", "/nowhere/mnist"],
      "train: --data: /nowhere/mnist does not exist; it must hold MNIST files.",
    ],
    [
      "a batch larger than the data",
      ["digits", "--count", "20", "--batch", "17"],
      "train: --batch: batchSize is 17, the data set has 16 items; it must be a whole number from 1 to 16.",
    ],
    [
      "a browser that does not exist",
      ["digits", "--count", "10", "--batch", "8"],
      "train: PUPPETEER_EXECUTABLE_PATH: /nowhere/chrome does not exist; it must be a Chrome or Chromium.",
      { PUPPETEER_EXECUTABLE_PATH: "/nowhere/chrome" },
    ],
    [
      "an adapter that does not exist",
      ["digits", "--count", "10", "--batch", "8"],
      'train: TILEGRAD_ADAPTER: it is "quantum"; "hardware", "software" and nothing are allowed.',
      { TILEGRAD_ADAPTER: "quantum" },
    ],
  ];
  test.concurrent.each(cases)(
    "%s",
    async (_what, args, message, env) => {
      const files = args[0] === "digits" ? ["--out", join(folder, "unused")] : [];
      const { code, errors } = await train([...args, ...files], env);
      expect({ code, errors }).toEqual({ code: 1, errors: `${message}\n` });
    },
    runMs,
  );

  test(
    "files that are missing or cut short",
    async () => {
      const { images, labels } = generateDigits({ count: 20, seed: 1 });
      const imageFile = writeIdx({ shape: [20, 28, 28], data: images });
      const run = () => train(["digits", "--data", folder, "--split", "16", "--batch", "4"]);
      await writeFile(join(folder, "train-images-idx3-ubyte"), imageFile);
      expect(await run()).toMatchObject({
        code: 1,
        errors:
          "train: readMnist: train-labels-idx1-ubyte is missing, there is train-images-idx3-ubyte; " +
          "pictures and labels must come together.\n",
      });
      await writeFile(join(folder, "train-labels-idx1-ubyte"), writeIdx({ shape: [20], data: labels }));
      await writeFile(join(folder, "train-images-idx3-ubyte"), imageFile.subarray(0, 1000));
      expect(await run()).toMatchObject({
        code: 1,
        errors: expect.stringMatching(
          /^train: train-images-idx3-ubyte: the file ends [^\n]*\(at byte 16\)\.\n$/,
        ),
      });
    },
    runMs,
  );
});
