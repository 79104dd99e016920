// The ladders: every rung is right at awkward sizes and at those of software, says what it changes, and has kept figures.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "puppeteer";
import type { ViteDevServer } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type LadderReport,
  type LadderResult,
  reportFaults,
  titleOf,
} from "../../bench/kernels/ladderReport.ts";
import { ladders } from "../../bench/kernels/ladders.ts";
import { paddedRows, withoutPadding } from "../../bench/kernels/paddedRows.ts";
import { requireRight } from "../../bench/kernels/requireRight.ts";
import { kernelNames, type LadderScale, rungNames } from "../../bench/kernels/rung.ts";
import { readRung } from "../../bench/kernels/rungHeader.ts";
import { lineDiff } from "../../demos/ladder/lineDiff.ts";
import { parseLadderOptions } from "../../scripts/bench/ladderOptions.ts";
import { ladderTable, reportText, resultFileName } from "../../scripts/bench/ladderTable.ts";
import { serveCases } from "../../scripts/bench/serveCases.ts";
import { launchBrowser } from "../../scripts/browser.ts";

const folder = fileURLToPath(new URL("../../bench/kernels/", import.meta.url));
const rungs = kernelNames.flatMap((kernel) => ladders[kernel].rungs.map((rung) => ({ kernel, ...rung })));

function sourceOf(kernel: string, name: string): string {
  return readFileSync(join(folder, kernel, `${name}.wgsl`), "utf8");
}

describe("files", () => {
  test.each(kernelNames)("%s: a file for each rung, in order, and no other", (kernel) => {
    const names = readdirSync(join(folder, kernel)).map((file) => file.replace(".wgsl", ""));
    expect(ladders[kernel].rungs.map(({ name }) => name)).toEqual(names.sort());
    names.forEach((name, index) => {
      expect(name).toMatch(new RegExp(`^${index + 1}_[a-z]`));
    });
  });

  test.each(rungs)("$kernel/$name says what it is and what it changes", ({ kernel, name }) => {
    const source = sourceOf(kernel, name);
    const text = readRung(source);
    expect(text.name).toBe(name);
    expect(text.fields.Changes).toMatch(/\.$/);
    expect(text.formula).toBe(readRung(sourceOf(kernel, ladders[kernel].rungs[0].name)).formula);
    expect(text.code).toContain("@compute");
    expect(Math.max(...source.split("\n").map((line) => line.length))).toBeLessThanOrEqual(125);
    const entryPoints = [...text.code.matchAll(/@compute[^f]*fn (\w+)/g)].map(([, entry]) => entry);
    const work = ladders[kernel].problem("odd").workOf({ name });
    expect(work.launches.map(({ entryPoint }) => entryPoint)).toEqual(entryPoints);
  });

  test("a header that lacks something is refused", () => {
    const source = sourceOf("matmul", "1_naive");
    expect(() => readRung(source.replace("// Work ", "// Wages "))).toThrow(
      "1_naive: the header has Changes, Layout, Wages, Memory, Numerics, Limits; it has Changes, Layout, Work,",
    );
    expect(() => readRung("struct Params {}")).toThrow("the header begins with no name and formula.");
  });
});

describe("in a browser", () => {
  let browser: Browser;
  let server: ViteDevServer;
  let page: Page;

  beforeAll(async () => {
    const served = await serveCases();
    server = served.server;
    browser = (await launchBrowser({ log: () => undefined })).browser;
    page = await browser.newPage();
    await page.goto(new URL("kernels/index.html", served.url).href);
    await page.waitForFunction("'runLadder' in globalThis");
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  async function climb(kernel: (typeof kernelNames)[number], scale: LadderScale, reps: number) {
    const answer = await page.evaluate((settings) => globalThis.runLadder(settings), { kernel, scale, reps });
    if ("failure" in answer) throw new Error(answer.failure);
    return answer.value;
  }

  const sizes = kernelNames.flatMap((kernel) =>
    (["odd", "software"] as const).map((scale) => ({ kernel, scale })),
  );

  test.each(sizes)("$kernel, $scale: every rung is right", async ({ kernel, scale }) => {
    const result = await climb(kernel, scale, 0);
    expect(result.rungs.map(({ name }) => name)).toEqual(rungNames(ladders[kernel]));
    const isAllowed = (text: string) =>
      text === "It is right, and was not timed." || text === "The device has no subgroups.";
    const faults = result.rungs.filter((rung) => !("missing" in rung && isAllowed(rung.missing)));
    expect(faults).toEqual([]);
    expect(result.engineKernels.length).toBeGreaterThan(0);
  });

  test("rungs are timed", async () => {
    const result = await climb("softmax", "odd", 2);
    for (const rung of result.rungs) {
      if ("missing" in rung) expect(rung.missing).toBe("The device has no subgroups.");
      else expect(rung).toMatchObject({ samples: 2, medianMs: expect.any(Number) });
    }
    expect(ladderTable(result)).toMatch(/^ {2}engine +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+$/m);
  });
});

describe("the check", () => {
  const problem = ladders.matmul.problem("odd");
  const right = Float32Array.from({ length: problem.outputElements }, (_, index) => problem.at(index).value);

  test("lets the right result pass, and finds one wrong element, a hole and a wrong size", () => {
    expect(() => requireRight(right, problem)).not.toThrow();
    const last = right.length - 1;
    expect(() => requireRight(right.with(last, right[last] + 0.001), problem)).toThrow(
      `wrong: element ${last} is`,
    );
    expect(() => requireRight(right.with(7, Number.NaN), problem)).toThrow(
      "wrong: element 7 is NaN, or was never written.",
    );
    expect(() => requireRight(right.slice(1), problem)).toThrow(`wrong: ${last} elements; there are`);
  });

  test("padding comes and goes", () => {
    const values = Float32Array.of(1, 2, 3, 4, 5, 6);
    const padded = paddedRows(values, [2, 3], 4);
    expect([...padded]).toEqual([1, 2, 3, 0, 4, 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(withoutPadding(padded, [2, 3])).toEqual(values);
  });
});

describe("kept results", () => {
  const files = readdirSync(join(folder, "results"));

  test("there are some", () => {
    expect(files.length).toBeGreaterThan(0);
  });

  test.each(files)("%s has every rung, with adapter, browser and date", (file) => {
    const text = readFileSync(join(folder, "results", file), "utf8");
    const report = JSON.parse(text) as LadderReport;
    expect(reportFaults(report)).toEqual([]);
    expect(text).toBe(reportText(report));
    const { ladders: kept, ...head } = report;
    expect(kept.map(({ kernel }) => kernel)).toEqual(kernelNames);
    for (const { kernel, rungs: timed } of kept)
      expect(timed.map(({ name }) => name)).toEqual(rungNames(ladders[kernel]));
    expect(resultFileName({ ...head, ladders: [] })).toBe(file);
  });

  test("a report that lacks something is found out", () => {
    expect(reportFaults({ version: 2 })).toEqual(["it is no report of version 1"]);
    expect(
      reportFaults({ version: 1, adapter: "a", browser: "", date: "d", isSoftware: 1, scale: "big" }),
    ).toEqual([
      "it has no browser",
      "it does not say whether the adapter is software",
      "its scale is none",
      "it has no ladders",
    ]);
    const head = { version: 1, adapter: "a", browser: "b", date: "d", isSoftware: true, scale: "odd" };
    const untimed = { kernel: "matmul", flops: 1, bytes: 1, rungs: [{ name: "x", failure: "wrong" }] };
    expect(reportFaults({ ...head, ladders: [untimed, { kernel: "sum" }] })).toEqual([
      "matmul/x was not timed",
      "sum is no kernel",
    ]);
  });
});

describe("words", () => {
  const timing = { spreadMs: 0.5, samples: 3, callsPerSample: 2, firstMs: 40 };
  const result: LadderResult = {
    ...{
      kernel: "matmul",
      sizes: "[2, 2] times [2, 2]",
      flops: 6e6,
      bytes: 3e6,
      engineKernels: ["matmul_x"],
    },
    rungs: [
      { name: "1_naive", medianMs: 3, ...timing },
      { name: "2_quick", missing: "The device has no subgroups." },
      { name: "3_wrong", failure: "wrong: element 1 is 0" },
      { name: "engine", medianMs: 1.5, ...timing },
    ],
  };

  test("the table has a line for each rung", () => {
    expect(ladderTable(result).split("\n")).toEqual([
      "matmul, [2, 2] times [2, 2]; the engine runs matmul_x",
      "  rung      ms   +-  GFLOP/s  GB/s  x first  first ms",
      "  1_naive    3  0.5        2     1        1        40",
      "  2_quick  The device has no subgroups.",
      "  3_wrong  failed: wrong: element 1 is 0",
      "  engine   1.5  0.5        4     2        2        40",
    ]);
  });

  test("rungs have names for readers", () => {
    expect(["3_quads", "1_three_kernels", "7_shared32", "engine"].map(titleOf)).toEqual([
      "Quads",
      "Three kernels",
      "Shared 32",
      "The engine",
    ]);
  });

  test("options", () => {
    expect(parseLadderOptions(["--kernel", "softmax,matmul", "--reps", "3"])).toEqual({
      kernels: ["matmul", "softmax"],
      scale: undefined,
      profile: undefined,
      reps: 3,
      json: undefined,
      keep: false,
    });
    expect(() => parseLadderOptions(["--kernel", "sum"])).toThrow('--kernel is "sum"; it is made of matmul,');
    expect(() => parseLadderOptions(["--scale", "huge"])).toThrow('--scale is "huge"; it is one of odd,');
    expect(() => parseLadderOptions(["--keep", "--reps", "0"])).toThrow(
      "--keep is for reports of all kernels",
    );
    expect(parseLadderOptions(["--help"])).toBe("help");
  });

  test("a difference has what was added and removed, and a line around it", () => {
    const lines = lineDiff("a\nb\nc\nd\ne", "a\nb\nc\nx\ne\nf");
    expect(lines.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      "gap ",
      "same c",
      "removed d",
      "added x",
      "same e",
      "added f",
    ]);
    expect(lineDiff("a", "a")).toEqual([{ kind: "gap", text: "" }]);
  });
});
