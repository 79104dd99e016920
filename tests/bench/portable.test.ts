// The benchmark that needs no browser: it is made, packed, run from another folder, and its results are read; and what it
// does where a case's process fails.

import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { casesFor, groupOf } from "../../bench/caseList.ts";
import { makeBundle, packBundle } from "../../scripts/bench/portable/bundle.ts";
import { CaseProcess } from "../../scripts/bench/portable/caseProcess.ts";
import { parsePortableOptions, portableCasesFor } from "../../scripts/bench/portable/options.ts";
import { resultsCommand } from "../../scripts/bench/resultsCommand.ts";
import { readResultsFile } from "../../scripts/bench/resultsFiles.ts";
import { vulkanEnvironment } from "../setup/vulkanEnvironment.ts";

const mostMebibytes = 60;
/** Without the loader beside the driver: what is carried along has to do. */
const { LD_LIBRARY_PATH: _, ...environment } = { ...process.env, ...vulkanEnvironment() };

let folder: string;
/** As it is taken to another machine. */
let carried: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tilegrad-portable-"));
  const bundle = join(folder, "tilegrad-bench");
  await makeBundle(bundle);
  const archive = packBundle(bundle, 1);
  await rm(bundle, { recursive: true });
  carried = join(folder, "elsewhere");
  const { status } = spawnSync("sh", ["-c", `mkdir ${carried} && tar -xJf ${archive} -C ${carried}`]);
  expect(status).toBe(0);
}, 120_000);

afterAll(() => rm(folder, { recursive: true }));

function run(args: readonly string[], env: NodeJS.ProcessEnv = environment) {
  const script = join(carried, "tilegrad-bench/run.sh");
  const { status, stdout, stderr } = spawnSync(script, args, { cwd: carried, env, encoding: "utf8" });
  return { status, output: stdout + stderr };
}

test(`it has at most ${mostMebibytes} MiB packed, and the licence of everything in it`, () => {
  const { size } = statSync(join(folder, "tilegrad-bench.tar.xz"));
  expect(size / 2 ** 20).toBeLessThan(mostMebibytes);
  const licences = ["tilegrad", "node", "dawn", "tinybench"];
  if (existsSync(join(carried, "tilegrad-bench/lib/libvulkan.so.1"))) licences.push("vulkan-loader");
  for (const name of licences) {
    expect(statSync(join(carried, `tilegrad-bench/licences/${name}.txt`)).size, name).toBeGreaterThan(900);
  }
});

test("it measures ours and WebGPU alone, and its results are those of the benchmark", async () => {
  const { status, output } = run([
    "--cases",
    "matmul-row,floor-dispatch",
    "--reps",
    "1",
    "--json",
    "a/b.json",
  ]);
  expect(status, output).toBe(0);
  expect(output).toMatch(/^adapter: (hardware|software) \S/m);
  expect(output).toMatch(/^matmul-row +ours +[\d.]+ /m);
  expect(output).toMatch(/^floor-dispatch +raw +[\d.]+ /m);
  const results = await readResultsFile(join(carried, "a/b.json"));
  expect(results).toMatchObject({ adapter: expect.stringMatching(/^(hardware|software) \S/) });
  expect(results.browser).toMatch(/^Dawn for Node \d+\.\d+\.\d+, Node \d+\./);
  expect(results.cases).toMatchObject([
    { case: "floor-dispatch", engine: "raw", samples: 1, dispatches: 1 },
    { case: "matmul-row", engine: "ours", samples: 1, submits: 1, createBuffer: 0, createPipeline: 0 },
  ]);
  expect(resultsCommand(results)).toMatch(/ \.\/run\.sh --cases matmul-row,floor-dispatch --reps 1$/);
}, 120_000);

test("it says where there is no driver", () => {
  const none = { VK_ICD_FILENAMES: "/none.json", VK_DRIVER_FILES: "/none.json" };
  const { status, output } = run([], { ...environment, ...none });
  expect(output).toMatch(/^bench: no Vulkan driver offers an adapter; VK_DRIVER_FILES may name /);
  expect(status).toBe(1);
});

describe("the process of a case", () => {
  const ask = async (text: string, limitMs: number) => {
    const script = join(folder, "process.mjs");
    await writeFile(script, text);
    const caseProcess = new CaseProcess(script, false);
    try {
      return await caseProcess.ask({ ask: "sample" }, limitMs);
    } finally {
      caseProcess.kill();
    }
  };

  test("answers", async () => {
    const answer = { value: { timeMs: Number.NaN, peakBytes: 1 } };
    const text = `process.on("message", () => process.send({ value: { timeMs: NaN, peakBytes: 1 } }));`;
    expect(await ask(text, 10_000)).toEqual(answer);
  });

  test("crashes, with what it had to say", async () => {
    const crash = `process.on("message", () => { console.error("out of luck"); process.exit(3); });`;
    expect(await ask(crash, 10_000)).toEqual({ failure: "the process ended (3). out of luck" });
    const signal = `process.on("message", () => process.kill(process.pid, "SIGSEGV"));`;
    expect(await ask(signal, 10_000)).toEqual({ failure: "the process ended (SIGSEGV)." });
  });

  test("hangs no longer than it may", async () => {
    expect(await ask(`process.on("message", () => undefined);`, 300)).toEqual({
      failure: "no answer within 0.3 s",
    });
  });
});

describe("options", () => {
  test("are the benchmark's own, but for those of browsers", () => {
    const { cases, reps } = { cases: ["copy"], reps: 2 };
    expect(parsePortableOptions(["--cases", "copy", "--reps", "2"])).toMatchObject({
      cases,
      reps,
      ladder: false,
    });
    const left = casesFor(undefined, "hardware").filter((name) => groupOf(name) !== "first-step");
    expect(portableCasesFor(undefined, "hardware")).toEqual(left);
  });

  test.each([
    [
      ["--cases", "first-step-warm-gpt"],
      /^--cases has "first-step-warm-gpt"; first steps are those of a page/,
    ],
    [["--cases", "matmul-1"], /^--cases has "matmul-1"; it is made of names of cases/],
    [["--ladder", "--cases", "copy"], /^--ladder stands with --cases or --html; it goes with --reps/],
    [["--engines", "jax"], /--engines/],
  ])("%j is refused", (args, message) => {
    expect(() => parsePortableOptions(args)).toThrow(message);
  });

  test("are told to whoever asks", async () => {
    const { status, output } = run(["--help"]);
    expect(status).toBe(0);
    expect(output).toContain("Usage: ./run.sh");
    expect(output).not.toContain("first-step");
    const readme = await readFile(join(carried, "tilegrad-bench/README.txt"), "utf8");
    expect(readme).toContain("./run.sh --help");
  });
});
