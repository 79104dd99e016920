// The benchmark as its user runs it: the report, what a training step costs at the WebGPU interface, and bad options.

import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { casesFor, enginesFor, groupNames, groupOf, listedCases } from "../../bench/caseList.ts";
import { exactLosses } from "../../bench/dcganProblem.ts";
import { reportTable } from "../../bench/figures/table.ts";
import { gpt, gptProblem } from "../../bench/gptProblem.ts";
import type { EngineName, Report, ReportRow } from "../../bench/report.ts";
import { requireLosses, requireSameLosses } from "../../bench/requireLosses.ts";
import { parseBenchOptions } from "../../scripts/bench/options.ts";
import { standings, summaryText } from "../../scripts/bench/summary.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const tsx = join(repository, "node_modules/tsx/dist/cli.mjs");
const runMs = 120_000;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bench-"));
});

afterAll(() => rm(folder, { recursive: true }));

function bench(args: readonly string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [tsx, "scripts/bench.ts", ...args], { cwd: repository });
    let output = "";
    child.stdout.on("data", (text: Buffer) => {
      output += String(text);
    });
    child.stderr.on("data", (text: Buffer) => {
      output += String(text);
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
}

/** A short run of our engine alone: one report for all training cases. */
async function trainingReport(): Promise<{ report: Report; output: string }> {
  const json = join(folder, "deep/report.json");
  const { code, output } = await bench([
    ...["--cases", "train-lenet,train-gpt,train-dcgan", "--engines", "ours", "--reps", "2", "--json", json],
  ]);
  expect(code, output).toBe(0);
  return { report: JSON.parse(await readFile(json, "utf8")) as Report, output };
}

test(
  "reports training steps of LeNet-5, a GPT and a DCGAN: one submit, few dispatches, nothing made anew",
  async () => {
    const { report, output } = await trainingReport();
    expect(output).toMatch(/^train-lenet +ours +[\d.]+ /m);
    expect(output).toMatch(/^train-gpt +ours +[\d.]+ /m);
    expect(output).toMatch(/^train-dcgan +ours +[\d.]+ /m);
    expect(report.adapter).toMatch(/^(hardware|software) \S/);
    expect(report.browser).toMatch(/Chrom/);
    expect(Date.now() - Date.parse(report.date)).toBeLessThan(runMs);
    expect(report.cases.map((row) => row.case)).toEqual(["train-lenet", "train-gpt", "train-dcgan"]);
    const [lenet, gptRow, gan] = report.cases.map(requireSteady);
    expect(lenet.dispatches).toBeLessThanOrEqual(45);
    expect(lenet.tokensPerCall).toBeUndefined();
    expect(gptRow.dispatches).toBeLessThanOrEqual(80);
    expect(gptRow.tokensPerCall).toBe(8 * 64);
    expect([lenet, gptRow].map(({ losses }) => losses?.length)).toEqual([5, 5]);
    expect(gan.dispatches).toBeLessThanOrEqual(110);
    expect(gan.tokensPerCall).toBeUndefined();
    expect(() => requireSameLosses(gan.losses ?? [], exactLosses)).not.toThrow();
  },
  runMs,
);

/** What holds of each of our training steps. */
function requireSteady(row: ReportRow) {
  if ("failure" in row) throw new Error(row.failure);
  expect(row).toMatchObject({
    engine: "ours",
    samples: 2,
    submits: 1,
    createBuffer: 0,
    createBindGroup: 0,
    createPipeline: 0,
  });
  expect(row.dispatches).toBeGreaterThan(10);
  expect(row.medianMs).toBeGreaterThan(0);
  expect(row.firstCallMs).toBeGreaterThan(row.medianMs);
  expect(row.plannedBytes).toBeGreaterThan(1e6);
  expect(row.peakBytes).toBeGreaterThan(row.plannedBytes ?? 0);
  return row;
}

const measured = {
  ...{ version: "1", dispatches: 80, submits: 1, createBuffer: 0, createBindGroup: 0, createPipeline: 0 },
  ...{ callsPerSample: 1, firstCallMs: 900, medianMs: 100, spreadMs: 5, samples: 3, peakBytes: 7e6 },
};

test("the table says how engines stand to ours, and leaves out what is not known", () => {
  const missing = [undefined];
  const lines = reportTable([
    { case: "train-gpt", engine: "ours", ...measured, tokensPerCall: 512, plannedBytes: 5e6 },
    { case: "train-gpt", engine: "jax", ...measured, medianMs: 250, tokensPerCall: 512 },
    { case: "train-gpt", engine: "tfjs", version: "1", failure: "wrong losses" },
    { case: "sum-all", engine: "jax", ...measured, flops: 4e6, bytes: 16e6 },
    { case: "sum-all", engine: "ort", version: "1", failure: "none: it has no sums." },
    { case: "sum-all", engine: "ours", version: "1", failure: "the page crashed" },
  ]).split("\n");
  const cells = lines.map((line) => line.split(/ {2,}/));
  const column = (heading: string) => cells[0].indexOf(heading);
  expect(cells.map((line) => line[column("x ours")])).toEqual([
    "x ours",
    "1",
    "2.5",
    ...missing,
    "-",
    ...missing,
    ...missing,
  ]);
  expect(cells.map((line) => line[column("tokens/s")])).toEqual([
    "tokens/s",
    "5120",
    "2050",
    ...missing,
    "-",
    ...missing,
    ...missing,
  ]);
  expect(cells.map((line) => line[column("planned MB")])).toEqual([
    "planned MB",
    "5.0",
    "-",
    ...missing,
    "-",
    ...missing,
    ...missing,
  ]);
  expect(cells.map((line) => line[column("GFLOP/s")])).toEqual([
    "GFLOP/s",
    "-",
    "-",
    ...missing,
    "0.04",
    ...missing,
    ...missing,
  ]);
  expect(cells[4][column("GB/s")]).toBe("0.16");
  expect([cells[3], cells[5], cells[6]]).toEqual([
    ["train-gpt", "tfjs", "wrong losses"],
    ["sum-all", "ort", "none: it has no sums."],
    ["sum-all", "ours", "failed: the page crashed"],
  ]);
});

test("the summary takes the best of the others that are right, by groups", () => {
  const row = (name: string, engine: EngineName, medianMs: number): ReportRow => {
    return { case: name, engine, ...measured, medianMs };
  };
  const wrong: ReportRow = { case: "sum-axis0", engine: "jax", version: "1", failure: "wrong sum" };
  const rows = [
    ...[row("matmul-256", "ours", 10), row("matmul-256", "jax", 20), row("matmul-256", "tfjs", 80)],
    ...[row("matmul-512", "ours", 10), row("matmul-512", "tfjs", 45)],
    ...[row("sum-axis0", "ours", 10), wrong, row("sum-axis0", "ort", 9)],
    row("sum-all", "ours", 10),
  ];
  expect(standings(rows)).toEqual([
    { case: "matmul-256", rival: "jax", ratio: 2 },
    { case: "matmul-512", rival: "tfjs", ratio: 4.5 },
    { case: "sum-axis0", rival: "ort", ratio: 0.9 },
  ]);
  expect(summaryText(rows).split("\n").slice(1)).toEqual([
    "  matmul        3.00  (2 cases)",
    "  reduce        0.90  (1 case)",
    "Below 0.95:",
    expect.stringMatching(/^ {2}sum-axis0 +0\.90 {2}ort$/),
  ]);
  expect(summaryText(rows.slice(0, 5))).toMatch(/^Below 0\.95: none$/m);
  expect(summaryText([row("sum-all", "ours", 10)])).toBe("");
});

describe("options", () => {
  test("all cases that fit and all engines by default", () => {
    const options = parseBenchOptions([]);
    const engines = ["ours", "jax", "tfjs", "ort"];
    expect(options).toEqual({ engines, reps: 9, cases: undefined, profile: undefined, json: undefined });
  });

  test("cases are asked for by name and by group", () => {
    expect(parseBenchOptions(["--cases", "optim,train-gpt"])).toMatchObject({
      cases: ["optim", "train-gpt"],
    });
    const optim = ["embedding-gradient", "adam-1m", "adam-200-tensors"];
    expect(casesFor(["optim", "adam-1m", "train-gpt"], "software")).toEqual(["train-gpt", ...optim]);
  });

  test("what software is too slow for has to be named there", () => {
    const attention = [1024, 4096].flatMap((tokens) =>
      ["forward", "backward"].map((direction) => `attention-${tokens}-${direction}`),
    );
    const large = ["matmul-2048", "matmul-4096", "train-gpt-4x192", "train-gpt-6x256", ...attention];
    for (const name of large) {
      expect(casesFor(undefined, "software")).not.toContain(name);
      expect(casesFor(["matmul", "attention", "train"], "software")).not.toContain(name);
      expect(casesFor([name], "software")).toEqual([name]);
      expect(casesFor(undefined, "hardware")).toContain(name);
    }
    expect(casesFor(["matmul"], "software")).toHaveLength(11);
    expect(casesFor(undefined, "software").length + large.length).toBe(
      casesFor(undefined, "hardware").length,
    );
  });

  test("a name without its direction is both cases", () => {
    const both = ["attention-1024-forward", "attention-1024-backward"];
    expect(casesFor(["attention-1024"], "software")).toEqual(both);
    expect(parseBenchOptions(["--cases", "attention-1024"])).toMatchObject({ cases: ["attention-1024"] });
    expect(groupOf("attention-1024")).toBe("attention");
  });

  test("floors are of WebGPU alone, whatever engines are asked for, and nothing else is", () => {
    expect(enginesFor("floor-copy", ["ours", "jax"])).toEqual(["raw"]);
    expect(enginesFor("softmax-256-forward", ["jax", "ours", "raw"])).toEqual(["ours", "jax"]);
    expect(() => parseBenchOptions(["--engines", "raw"])).toThrow("--engines");
  });

  test("every case has one name, and every group has cases", () => {
    expect(new Set(listedCases.map(({ name }) => name)).size).toBe(listedCases.length);
    expect(new Set(listedCases.map(({ group }) => group))).toEqual(new Set(groupNames));
    const groups: readonly string[] = groupNames;
    expect(listedCases.filter(({ name }) => groups.includes(name))).toEqual([]);
  });

  test("our profile may be chosen", () => {
    expect(parseBenchOptions(["--profile", "fallback"])).toMatchObject({ profile: "fallback" });
  });

  test.each([
    [
      ["--cases", "train-lenet,train-vgg"],
      /--cases has "train-vgg"; it is made of names of cases and of groups/,
    ],
    [["--profile", "fast"], /--profile is "fast"; it is one of gpu, fallback\./],
    [
      ["--engines", "ours,ours"],
      /--engines is "ours,ours"; it is made of ours, jax, tfjs, ort, each at most once/,
    ],
    [["--reps", "0"], /--reps is "0"; it must be a whole number from 1/],
    [["--rep", "2"], /--rep/],
  ])("%j is refused", (args, message) => {
    expect(() => parseBenchOptions(args)).toThrow(message);
  });
});

describe("checks", () => {
  const expected = [2.3, 2.2, 2.1];
  const digits = { classes: 10, expected };

  test("losses that agree pass", () => {
    expect(() => requireLosses([2.3, 2.201, 2.1], digits)).not.toThrow();
  });

  test.each([
    ["off by 2 in 1000", [2.3, 2.2044, 2.1]],
    ["not numbers", [2.3, Number.NaN, 2.1]],
    ["rising", [2.3, 2.2, 2.4]],
    ["too few", [2.3, 2.2]],
  ])("losses that are %s do not", (_, losses) => {
    expect(() => requireLosses(losses, digits)).toThrow(/^wrong losses /);
  });

  test("a GPT's losses begin near ln 65", () => {
    const tokens = { classes: gpt.vocabularySize, expected: [4.2, 3.8] };
    expect(() => requireLosses([4.2, 3.8], tokens)).not.toThrow();
    expect(() => requireLosses([4.2, 3.81], tokens)).toThrow(
      "wrong losses 4.20000, 3.81000; they are 4.20000, 3.80000 within 0.001.",
    );
    expect(() => requireLosses([2.3, 2.2], tokens)).toThrow("they start near ln 65 and fall.");
  });

  test.each([
    ["the second network's are off", 1],
    ["the last are off", 9],
  ])("losses of two networks do not pass where %s", (_, place) => {
    const losses = exactLosses.map((loss, index) => (index === place ? 1.002 * loss : loss));
    expect(() => requireSameLosses(losses, exactLosses)).toThrow(/^wrong losses 1\.41220, /);
  });

  test("nor where one is missing or too many", () => {
    expect(() => requireSameLosses(exactLosses.slice(0, 9), exactLosses)).toThrow(/^wrong losses /);
    expect(() => requireSameLosses([...exactLosses, 1], exactLosses)).toThrow(/^wrong losses /);
  });
});

describe("the GPT problem", () => {
  const { weights, tokens, targets } = gptProblem();

  test("targets are the tokens that come next, and can be learnt", () => {
    expect(tokens).toHaveLength(8 * gpt.context);
    for (let row = 0; row < 8; row++) {
      const [from, to] = [row * gpt.context, (row + 1) * gpt.context];
      expect(targets.slice(from, to - 1)).toEqual(tokens.slice(from + 1, to));
    }
    const ruled = tokens.filter((token, index) => targets[index] === (3 * token + 1) % gpt.vocabularySize);
    expect(ruled.length / tokens.length).toBeGreaterThan(0.8);
    expect(Math.min(...tokens, ...targets)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...tokens, ...targets)).toBeLessThan(gpt.vocabularySize);
  });

  test("weights begin as GPT-2's do, in the same way each time", () => {
    expect(weights).toHaveLength(28);
    const named = (name: string) => weights.find((weight) => weight.name === name)?.values ?? [];
    const std = (name: string) => Math.hypot(...named(name)) / Math.sqrt(named(name).length);
    expect(std("transformer.wte.weight")).toBeCloseTo(0.02, 3);
    expect(std("transformer.h.1.mlp.c_proj.weight")).toBeCloseTo(0.01, 3);
    expect(new Set(named("transformer.h.0.ln_1.weight"))).toEqual(new Set([1]));
    expect(new Set(named("transformer.h.0.attn.c_attn.bias"))).toEqual(new Set([0]));
    expect(gptProblem().weights).toEqual(weights);
  });
});
