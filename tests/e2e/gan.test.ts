// Training a DCGAN as its user runs it: what it leaves behind, and what it says where something is wrong.

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeIdx } from "../../src/formats/idx.ts";
import { readSafetensors } from "../../src/formats/safetensors.ts";
import { runScript } from "./command.ts";

const runMs = 120_000;
const small = ["--count", "80", "--batch", "8", "--latent", "6", "--channels", "4,3"];

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gan-"));
});

afterAll(() => rm(folder, { recursive: true }));

const train = (args: readonly string[]) => runScript("scripts/train.ts", ["gan", ...args]);

test(
  "a GAN in the plane trains, goes on, and leaves pictures of its points",
  async () => {
    const outPlane = join(folder, "plane");
    const report = join(folder, "plane.json");
    const common = ["--kind", "gan2d", "--out", outPlane, "--json", report];
    const { code, output, errors } = await train([
      ...common,
      "--steps",
      "8",
      "--batch",
      "32",
      "--width",
      "8",
    ]);
    expect({ code, errors }).toEqual({ code: 0, errors: "" });
    expect(output).toMatch(/\d of 8 modes, [\d.]+ % within 3 deviations/);
    expect(JSON.parse(await readFile(report, "utf8"))).toMatchObject({
      task: "gan",
      kind: "gan2d",
      adapter: expect.stringMatching(/^(hardware|software) /),
      steps: 8,
      settings: { batchSize: 32, generator: { width: 8 } },
      scores: { js: expect.any(Number), covered: expect.any(Number) },
      plan: { submits: 1 },
    });
    const files = await readdir(outPlane);
    expect(files).toContain("generator.safetensors");
    expect(files).toContain("points-000008.png");
    const next = await train([...common, "--resume", "--steps", "12"]);
    expect({ code: next.code, errors: next.errors }).toEqual({ code: 0, errors: "" });
    const resumed = JSON.parse(await readFile(report, "utf8"));
    expect(resumed).toMatchObject({ steps: 12, settings: { batchSize: 32 } });
    expect(resumed.losses.generator).toHaveLength(4);
  },
  runMs,
);

describe("a run, and what comes of it", () => {
  const out = () => join(folder, "deep/out");
  const json = () => join(folder, "report.json");
  const goOn = () => ["--count", "80", "--out", out(), "--resume"];

  test(
    "it trains, and leaves networks, sheets and a report",
    async () => {
      const { code, errors, output } = await train([
        ...[...small, "--kind", "dcgan", "--steps", "4"],
        ...["--out", out(), "--json", json()],
      ]);
      expect({ code, errors }).toEqual({ code: 0, errors: "" });
      expect(output).toMatch(/judge: LeNet-5, right about [\d.]+ % of real digits/);

      const report = JSON.parse(await readFile(json(), "utf8"));
      expect(report).toMatchObject({
        task: "gan",
        kind: "dcgan",
        adapter: expect.stringMatching(/^(hardware|software) /),
        dataset: { source: "generated", pictures: 80 },
        steps: 4,
        plan: { submits: 1 },
      });
      expect(report.stepsPerSecond).toBeGreaterThan(0);
      expect(report.plan.dispatches).toBeLessThanOrEqual(110);
      for (const network of ["discriminator", "generator"]) expect(report.losses[network]).toHaveLength(4);
      expect(report.scores.confidence).toBeGreaterThan(0.1);
      expect(report.scores.classShares).toHaveLength(10);
      const total = report.scores.classShares.reduce((sum: number, share: number) => sum + share, 0);
      expect(total).toBeCloseTo(1, 9);

      expect(await readdir(out())).toEqual([
        "config.json",
        "discriminator.safetensors",
        "generator.safetensors",
        "samples-000001.png",
        "samples-000002.png",
        "samples-000003.png",
        "samples-000004.png",
        "training.safetensors",
      ]);
      const { tensors } = readSafetensors(await readFile(join(out(), "generator.safetensors")));
      expect(tensors.get("main.0.weight")).toMatchObject({ dtype: "F32", shape: [4 * 49, 12] });
      expect(tensors.get("embedding.weight")?.shape).toEqual([10, 6]);
    },
    runMs,
  );

  test(
    "it goes on with the settings that it had",
    async () => {
      const { code, errors } = await train([...goOn(), "--steps", "6", "--json", json()]);
      expect({ code, errors }).toEqual({ code: 0, errors: "" });
      const resumed = JSON.parse(await readFile(json(), "utf8"));
      expect(resumed).toMatchObject({ steps: 6, settings: { latentSize: 6, batchSize: 8 } });
      expect(resumed.losses.generator).toHaveLength(2);
    },
    runMs,
  );

  test(
    "when it breaks it says where, and the files stay as they were",
    async () => {
      const file = join(out(), "generator.safetensors");
      const good = await readFile(file);
      const { code, errors } = await train([...goOn(), "--steps", "12", "--lr", "1e30"]);
      expect(code).toBe(1);
      expect(errors).toMatch(
        /^train: gan: in step \d+ numbers were no longer finite, first in [^\n]*(discriminator|generator)\.main\.\d[^\n]*; training stopped, and the checkpoint of step 6 is kept\. A lower learning rate may help\.\n$/,
      );
      expect(await readFile(file)).toEqual(good);
    },
    runMs,
  );
});

describe("what is wrong is one line", () => {
  test.each<[string, string[], string]>([
    ["an unknown kind", ["--kind", "vae"], '--kind is "vae"; it must be one of '],
    ["no folder", ["--data", "/nowhere"], "--data: /nowhere does not exist; it must hold MNIST files."],
    [
      "nothing to go on from",
      ["--resume", "--out", "/nowhere"],
      "--resume: /nowhere/generator.safetensors cannot be read; --out must be the folder of a run that was saved.",
    ],
    [
      "a batch larger than the data",
      ["--count", "20", "--batch", "21"],
      "pictures: there are 20, and batchSize is 21; a batch must not be larger.",
    ],
  ])("%s", async (_name, args, message) => {
    const { code, errors } = await train(args);
    expect(code).toBe(1);
    expect(errors.startsWith(`train: ${message}`)).toBe(true);
    expect(errors.trimEnd()).not.toContain("\n");
  });

  test(
    "an empty folder, one digit alone, and pictures of another size",
    async () => {
      const data = join(folder, "data");
      await mkdir(data);
      const run = async () => {
        const { code, errors } = await train(["--data", data, "--batch", "2", "--out", join(folder, "none")]);
        return { code, errors };
      };
      expect(await run()).toEqual({
        code: 1,
        errors: `train: --data: ${data} is empty; it must hold MNIST files.\n`,
      });
      const write = async (size: number, labels: number[]) => {
        const images = new Uint8Array(labels.length * size * size);
        await writeFile(
          join(data, "t10k-images-idx3-ubyte"),
          writeIdx({ shape: [labels.length, size, size], data: images }),
        );
        const file = writeIdx({ shape: [labels.length], data: Uint8Array.from(labels) });
        await writeFile(join(data, "t10k-labels-idx1-ubyte"), file);
      };
      await write(28, [7, 7, 7]);
      expect(await run()).toEqual({
        code: 1,
        errors:
          "train: pictures: all 3 show the digit 7; the judge of what samples show needs at least 2 digits.\n",
      });
      await write(20, [1, 2, 3]);
      expect(await run()).toEqual({
        code: 1,
        errors: "train: pictures: they are 20 x 20 pixels; networks for 28 x 28 take 28 x 28.\n",
      });
    },
    runMs,
  );
});
