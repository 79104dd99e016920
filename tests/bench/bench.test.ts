// The benchmark as its user runs it: the report, what a training step costs at the WebGPU interface, and bad options.

import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AttentionProblem, attentionProblem, requireAttention } from "../../bench/attentionProblem.ts";
import { gpt, gptProblem } from "../../bench/gptProblem.ts";
import { requireResult } from "../../bench/kernelCases.ts";
import type { Report, ReportRow } from "../../bench/report.ts";
import { requireLosses } from "../../bench/requireLosses.ts";
import { parseBenchOptions } from "../../scripts/bench/options.ts";
import { reportTable } from "../../scripts/bench/table.ts";
import { differentiate } from "../../src/autodiff/differentiate.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import { makeGraph } from "../../src/graph/graph.ts";
import { inputNode } from "../../src/graph/source.ts";
import { scaledDotProductAttention } from "../../src/ops/index.ts";

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

/** A short run of our engine alone: one report for both training cases. */
async function trainingReport(): Promise<{ report: Report; output: string }> {
  const json = join(folder, "deep/report.json");
  const { code, output } = await bench([
    ...["--cases", "train-lenet,train-gpt", "--engines", "ours", "--reps", "2", "--json", json],
  ]);
  expect(code, output).toBe(0);
  return { report: JSON.parse(await readFile(json, "utf8")) as Report, output };
}

test(
  "reports training steps of LeNet-5 and of a GPT: one submit, few dispatches, nothing made anew",
  async () => {
    const { report, output } = await trainingReport();
    expect(output).toMatch(/^train-lenet +ours +[\d.]+ /m);
    expect(output).toMatch(/^train-gpt +ours +[\d.]+ /m);
    expect(report.adapter).toMatch(/^(hardware|software) \S/);
    expect(report.browser).toMatch(/Chrom/);
    expect(Date.now() - Date.parse(report.date)).toBeLessThan(runMs);
    expect(report.cases.map((row) => row.case)).toEqual(["train-lenet", "train-gpt"]);
    const [lenet, gptRow] = report.cases.map(requireSteady);
    expect(lenet.dispatches).toBeLessThanOrEqual(45);
    expect(lenet.tokensPerCall).toBeUndefined();
    expect(gptRow.dispatches).toBeLessThanOrEqual(80);
    expect(gptRow.tokensPerCall).toBe(8 * 64);
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
  expect(row.losses).toHaveLength(5);
  return row;
}

test("the table says how engines stand to ours, and leaves out what is not known", () => {
  const measured = {
    ...{ dispatches: 80, submits: 1, createBuffer: 0, createBindGroup: 0, createPipeline: 0 },
    ...{ callsPerSample: 1, firstCallMs: 900, medianMs: 100, spreadMs: 5, samples: 3, peakBytes: 7e6 },
  };
  const lines = reportTable([
    { case: "train-gpt", engine: "ours", version: "1", ...measured, tokensPerCall: 512, plannedBytes: 5e6 },
    { case: "train-gpt", engine: "jax", version: "1", ...measured, medianMs: 250, tokensPerCall: 512 },
    { case: "train-gpt", engine: "tfjs", version: "1", failure: "wrong losses" },
    { case: "sum-1m", engine: "jax", version: "1", ...measured },
  ]).split("\n");
  const cells = lines.map((line) => line.split(/ {2,}/));
  const column = (heading: string) => cells[0].indexOf(heading);
  expect(cells.map((line) => line[column("x ours")])).toEqual(["x ours", "1", "2.5", undefined, "-"]);
  expect(cells.map((line) => line[column("tokens/s")])).toEqual(["tokens/s", "5120", "2050", undefined, "-"]);
  expect(cells.map((line) => line[column("planned MB")])).toEqual(["planned MB", "5.0", "-", undefined, "-"]);
  expect(cells[3]).toEqual(["train-gpt", "tfjs", "failed: wrong losses"]);
});

describe("options", () => {
  test("all quick cases and all engines by default", () => {
    const options = parseBenchOptions([]);
    expect(options).toMatchObject({ engines: ["ours", "jax", "tfjs"], reps: 9, json: undefined });
    expect(options).toMatchObject({ cases: expect.arrayContaining(["train-lenet", "train-gpt", "sum-1m"]) });
  });

  test("attention over 1024 tokens takes long and has to be asked for", () => {
    expect(parseBenchOptions([])).not.toMatchObject({ cases: expect.arrayContaining(["attention-1024"]) });
    expect(parseBenchOptions(["--cases", "attention-1024"])).toMatchObject({ cases: ["attention-1024"] });
  });

  test.each([
    [["--cases", "train-lenet,train-vgg"], /--cases is "train-lenet,train-vgg"; it is made of train-lenet, /],
    [
      ["--engines", "ours,ours"],
      /--engines is "ours,ours"; it is made of ours, jax, tfjs, each at most once/,
    ],
    [["--reps", "0"], /--reps is "0"; it must be a whole number from 1/],
    [["--rep", "2"], /--rep/],
  ])("%j is refused", (args, message) => {
    expect(() => parseBenchOptions(args)).toThrow(message);
  });
});

/** o, dq, dk and dv by the slow path of the op itself, which shares nothing with the benchmark's check. */
function attentionInFloat64(problem: AttentionProblem): Float64Array[] {
  const shape = [problem.batch, problem.heads, problem.tokens, problem.width];
  const inputs = [problem.q, problem.k, problem.v, problem.outputGradient];
  const [q, k, v, dO] = inputs.map(() => inputNode(shape, "f32"));
  const o = scaledDotProductAttention(q, k, v, { causal: true });
  const gradients = differentiate(o, dO, [q, k, v]).filter((node) => node !== undefined);
  const feeds = [q, k, v, dO].map(
    (node, index) => [node, { shape, data: Float64Array.from(inputs[index]) }] as const,
  );
  const values = evaluate(makeGraph([o, ...gradients]), new Map(feeds));
  return [o, ...gradients].map((node) => values.get(node)?.data ?? new Float64Array());
}

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

  test("a wrong element is found", () => {
    const given = { inputs: [], size: 3, expected: () => ({ value: 1, tolerance: 1e-6 }) };
    expect(() => requireResult([1, 1, 1], given)).not.toThrow();
    expect(() => requireResult([1, 1.1, 1], given)).toThrow("wrong result: element 1 is 1.1; it is 1 within");
    expect(() => requireResult([1, 1], given)).toThrow("wrong result: 2 elements; there are 3.");
  });

  test("attention is held against float64, each of its four results", () => {
    const problem = attentionProblem({ batch: 1, heads: 2, tokens: 9, width: 4 });
    const results = attentionInFloat64(problem);
    expect(() => requireAttention(results, problem)).not.toThrow();
    ["o", "dq", "dk", "dv"].forEach((name, index) => {
      const wrong = results.map((values) => Float64Array.from(values));
      wrong[index][5] += 1e-4;
      expect(() => requireAttention(wrong, problem)).toThrow(`wrong ${name}: element 5 is`);
      const short = results.map((values, other) => (other === index ? values.slice(1) : values));
      expect(() => requireAttention(short, problem)).toThrow(`wrong ${name}: 71 elements.`);
    });
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
