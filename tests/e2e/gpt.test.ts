// Training a GPT and generating with it, as their user runs them.

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readSafetensors } from "../../src/formats/safetensors.ts";
import { gptShapes } from "../../src/models/gptConfig.ts";
import { runScript } from "./command.ts";

const runMs = 120_000;
const small = ["--layers", "1", "--heads", "2", "--width", "16", "--batch", "8", "--sample", "20"];

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gpt-"));
});

afterAll(() => rm(folder, { recursive: true }));

test(
  "a task is trained, goes on from its checkpoint, and writes",
  async () => {
    const out = join(folder, "addition");
    const json = join(folder, "addition.json");
    const first = await runScript("scripts/train.ts", [
      ...["gpt", "--task", "addition", "--steps", "6", "--dropout", "0.1", "--checkpoint", ...small],
      ...["--out", out, "--json", json],
    ]);
    expect({ code: first.code, errors: first.errors }).toEqual({ code: 0, errors: "" });
    const report = JSON.parse(await readFile(json, "utf8"));
    expect(Object.keys(report)).toEqual([
      "task",
      "adapter",
      "settings",
      "parameters",
      "steps",
      "stepsPerSecond",
      "tokensPerSecond",
      "losses",
      "validationLoss",
      "exactAccuracy",
      "sample",
      "plan",
    ]);
    expect(report).toMatchObject({ task: "addition", steps: 6, plan: { submits: 1 } });
    expect(report.losses).toHaveLength(6);
    expect(report.losses[5]).toBeLessThan(report.losses[0]);

    const { tensors } = readSafetensors(await readFile(join(out, "model.safetensors")));
    const config = { vocabularySize: 13, context: 10, layers: 1, heads: 2, width: 16 };
    const shapes = new Map([...tensors].map(([name, { shape }]) => [name, [...shape]]));
    expect(shapes).toEqual(gptShapes(config));

    const longer = join(folder, "longer.json");
    const second = await runScript("scripts/train.ts", [
      ...["gpt", "--resume", "--steps", "9", "--out", out, "--json", longer],
    ]);
    expect({ code: second.code, errors: second.errors }).toEqual({ code: 0, errors: "" });
    const resumed = JSON.parse(await readFile(longer, "utf8"));
    expect(resumed).toMatchObject({ steps: 9, settings: { layers: 1, steps: 9, checkpoint: true } });
    expect(resumed.losses).toHaveLength(3);
    expect(resumed.losses[0]).toBeLessThan(report.losses[0]);

    const written = await runScript("scripts/generate.ts", [
      ...["--model", out, "--prompt", "12+34=", "--tokens", "4", "--temperature", "0"],
    ]);
    expect(written.code).toBe(0);
    expect(written.output).toMatch(/^12\+34=[\d+=\n]{4}\n$/);
  },
  runMs,
);

describe("what is wrong is one line, and nothing saved is harmed", () => {
  test.each<[string, string[], string]>([
    [
      "two sources",
      ["--text", "a", "--task", "addition"],
      "--text is given with --task; a run learns one of them.",
    ],
    [
      "an unknown task",
      ["--task", "division"],
      '--task is "division"; it must be one of addition, sorting, reversing, counting.',
    ],
    [
      "a text that is not there",
      ["--text", "/nowhere"],
      "--text: /nowhere cannot be read; it must be a text file.",
    ],
    [
      "nothing to go on from",
      ["--resume", "--out", "/nowhere"],
      "--resume: /nowhere/model.safetensors cannot be read; --out must be the folder of a run that was saved.",
    ],
    ["bf16", ["--precision", "bf16"], '--precision is "bf16"; it must be f32 or f16.'],
  ])("%s", async (_name, args, message) => {
    const { code, errors } = await runScript("scripts/train.ts", ["gpt", ...args]);
    expect({ code, errors }).toEqual({ code: 1, errors: `train: ${message}\n` });
  });

  test(
    "f16, where the adapter lacks it",
    async () => {
      const out = join(folder, "half");
      const args = ["gpt", "--task", "addition", "--precision", "f16", "--out", out];
      const { code, errors } = await runScript("scripts/train.ts", args, { TILEGRAD_ADAPTER: "software" });
      expect({ code, errors }).toEqual({
        code: 1,
        errors:
          'train: Gpt: precision "f16" needs the device feature shader-f16, which this device lacks; use "f32".\n',
      });
      expect(await readdir(out)).toEqual([]);
    },
    runMs,
  );

  test(
    "an empty corpus, one shorter than a context, and a width that heads cannot share",
    async () => {
      const empty = join(folder, "empty.txt");
      await writeFile(empty, "");
      const short = join(folder, "short.txt");
      await writeFile(short, "abcdefghij");
      const out = join(folder, "refused");
      const faults = await Promise.all(
        [
          ["--text", empty],
          ["--text", short, "--context", "16"],
          ["--text", fileURLToPath(import.meta.url), "--width", "30", "--heads", "4"],
        ].map((args) => runScript("scripts/train.ts", ["gpt", ...args, "--out", out])),
      );
      expect(faults.map(({ errors }) => errors)).toEqual([
        `train: --text: ${empty} is empty; it must have text to learn.\n`,
        "train: TextWindows: the corpus has 9 tokens, context is 16; it must have at least context + 1 = 17.\n",
        "train: Gpt: width is 30, which 4 heads cannot share; it must be a multiple of heads.\n",
      ]);
      expect(await readdir(out)).toEqual([]);
    },
    runMs,
  );
});
