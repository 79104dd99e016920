// The benchmark as its user runs it: the report, what a training step costs at the WebGPU interface, and bad options.

import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requireResult } from "../../bench/kernelCases.ts";
import { requireLosses } from "../../bench/lenetProblem.ts";
import type { Report } from "../../bench/report.ts";
import { parseBenchOptions } from "../../scripts/bench/options.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const tsx = join(repository, "node_modules/tsx/dist/cli.mjs");
const runMs = 60_000;

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

test(
  "reports a LeNet-5 training step: one submit, few dispatches, nothing made anew",
  async () => {
    const json = join(folder, "deep/report.json");
    const { code, output } = await bench([
      "--cases",
      "train-lenet",
      "--engines",
      "ours",
      "--reps",
      "2",
      "--json",
      json,
    ]);
    expect(code, output).toBe(0);
    expect(output).toMatch(/^train-lenet +ours +[\d.]+ /m);
    const report = JSON.parse(await readFile(json, "utf8")) as Report;
    expect(report.adapter).toMatch(/^(hardware|software) \S/);
    expect(report.browser).toMatch(/Chrom/);
    expect(Date.now() - Date.parse(report.date)).toBeLessThan(runMs);
    expect(report.cases).toHaveLength(1);
    const [row] = report.cases;
    expect(row).toMatchObject({
      case: "train-lenet",
      engine: "ours",
      samples: 2,
      submits: 1,
      createBuffer: 0,
      createBindGroup: 0,
      createPipeline: 0,
    });
    if ("failure" in row) throw new Error(row.failure);
    expect(row.dispatches).toBeGreaterThan(10);
    expect(row.dispatches).toBeLessThanOrEqual(45);
    expect(row.medianMs).toBeGreaterThan(0);
    expect(row.firstCallMs).toBeGreaterThan(row.medianMs);
    expect(row.plannedBytes).toBeGreaterThan(1e6);
    expect(row.peakBytes).toBeGreaterThan(row.plannedBytes ?? 0);
    expect(row.losses).toHaveLength(5);
  },
  runMs,
);

describe("options", () => {
  test("all cases and engines by default", () => {
    const options = parseBenchOptions([]);
    expect(options).toMatchObject({ engines: ["ours", "jax", "tfjs"], reps: 9, json: undefined });
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

describe("checks", () => {
  const expected = [2.3, 2.2, 2.1];

  test("losses that agree pass", () => {
    expect(() => requireLosses([2.3, 2.201, 2.1], expected)).not.toThrow();
  });

  test.each([
    ["off by 2 in 1000", [2.3, 2.2044, 2.1]],
    ["not numbers", [2.3, Number.NaN, 2.1]],
    ["rising", [2.3, 2.2, 2.4]],
    ["too few", [2.3, 2.2]],
  ])("losses that are %s do not", (_, losses) => {
    expect(() => requireLosses(losses, expected)).toThrow(/^wrong losses /);
  });

  test("a wrong element is found", () => {
    const given = { inputs: [], size: 3, expected: () => ({ value: 1, tolerance: 1e-6 }) };
    expect(() => requireResult([1, 1, 1], given)).not.toThrow();
    expect(() => requireResult([1, 1.1, 1], given)).toThrow("wrong result: element 1 is 1.1; it is 1 within");
    expect(() => requireResult([1, 1], given)).toThrow("wrong result: 2 elements; there are 3.");
  });
});
