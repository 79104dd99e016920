// Results of the benchmark that are kept: written and read again, refused where they are broken, merged, named.

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  adapterSlug,
  comparableRows,
  mergedResults,
  type Results,
  resultsGroups,
  resultsText,
} from "../../bench/figures/results.ts";
import { parseBenchOptions } from "../../scripts/bench/options.ts";
import { resultsCommand } from "../../scripts/bench/resultsCommand.ts";
import { keepResults, keptResults } from "../../scripts/bench/resultsFiles.ts";
import { readResults } from "../../scripts/bench/resultsReader.ts";
import { FormatError } from "../../src/base/errors.ts";
import { failedRow, firstDay, measuredRow, resultsWith, secondDay, variedRows } from "./benchRows.ts";

function read(text: string): Results {
  return readResults(new TextEncoder().encode(text), "a.json");
}

const results = resultsWith(variedRows());

describe("a file", () => {
  test("is read as it was written", () => {
    expect(read(resultsText(results))).toEqual(results);
    expect(results).toMatchObject({ version: 1, date: firstDay });
    expect(read(resultsText(resultsWith([])))).toEqual(resultsWith([]));
  });

  test("has one number a line, below what it is of, in the order of the list of cases", () => {
    const [, rows] = resultsText(results).split('"cases": ');
    const lines = rows.split("\n").slice(1, 9);
    expect(lines.slice(0, 6)).toEqual([
      "    {",
      '      "case": "train-lenet",',
      '      "engine": "ours",',
      '      "version": "1.2.3",',
      `      "date": "${firstDay}",`,
      '      "dispatches": 8,',
    ]);
    expect(rows).toContain('\n      "losses": [2.3, 2.2, 2.1]\n    },\n');
    expect(resultsText(resultsWith([...variedRows()].reverse()))).toBe(resultsText(results));
  });

  test("has lists that fill lines", () => {
    const losses = Array.from({ length: 40 }, (_, index) => (200 + index) / 100);
    const text = resultsText(resultsWith([measuredRow("train-gpt", "ours", 5, { losses })]));
    const lines = text.split("\n");
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(110);
    expect(lines).toHaveLength(
      resultsText(resultsWith([measuredRow("train-gpt", "ours", 5)])).split("\n").length + 5,
    );
    expect(read(text).cases[0]).toMatchObject({ losses });
  });

  test("has five digits of what was measured, and all of what was counted", () => {
    const [row] = resultsWith([measuredRow("copy", "ours", 12.345678, { bytes: 123456789 })]).cases;
    expect(row).toMatchObject({ medianMs: 12.346, bytes: 123456789 });
  });

  test("may have fewer buffers made in a call than a read-back makes", () => {
    const text = resultsText(results).replace('"createBuffer": 0', '"createBuffer": -0.5');
    expect(read(text).cases[0]).toMatchObject({ createBuffer: -0.5 });
  });

  test("keeps what a later benchmark says of a row", () => {
    const text = resultsText(results).replace(
      '"dispatches": 8',
      '"dispatches": 8, "warmMs": 3, "isWarm": true',
    );
    expect(read(text).cases[0]).toMatchObject({ warmMs: 3, isWarm: true });
  });
});

test.each<[string, string | RegExp, string, RegExp]>([
  ["is cut off", /\}\s*$/, "", /^a\.json: JSON has its end; "," or "}" must stand there \(at byte \d+\)\.$/],
  ["has no version", /"version": 1,\n/, "", /^a\.json: the file has no "version"; it must have one/],
  ["is of another version", '"version": 1', '"version": 2', /"version" is 2; this benchmark reads version 1/],
  [
    "has no adapter",
    '"software Test Adapter (1)"',
    '""',
    /the file\.adapter is empty; it must say something/,
  ],
  ["has no cases", '"cases"', '"rows"', /the file has no "cases"/],
  [
    "has an unknown scale",
    '"scale": "software"',
    '"scale": "big"',
    /the file\.scale is "big"; it must be one of small,/,
  ],
  [
    "has a local date",
    firstDay,
    "2 January 2026",
    /the file\.date is "2 January 2026"; it must be a time such as/,
  ],
  ["has no such day", firstDay, "2026-01-32T00:00:00Z", /the file\.date is "2026-01-32T00:00:00Z"/],
  [
    "has an unknown engine",
    '"engine": "ours"',
    '"engine": "mine"',
    /cases\[0\]\.engine is "mine"; it must be one of ours,/,
  ],
  ["has a row without a name", /\s*"case": "train-lenet",/, "", /cases\[0\] has no "case"/],
  ["has a row twice", '"engine": "jax"', '"engine": "ours"', /cases has "train-lenet by ours" twice/],
  [
    "has no median",
    /\s*"medianMs": 20,/,
    "",
    /cases\[0\] must have either "medianMs" or "failure"; it has both or neither/,
  ],
  [
    "has both",
    '"medianMs": 20,',
    '"medianMs": 20, "failure": "x",',
    /must have either "medianMs" or "failure"/,
  ],
  ["takes no time", '"medianMs": 20', '"medianMs": 0', /cases\[0\]\.medianMs is 0; a call takes time/],
  [
    "has a negative time",
    '"medianMs": 20',
    '"medianMs": -1',
    /cases\[0\]\.medianMs is -1; it must be a number from 0/,
  ],
  [
    "has an endless time",
    '"medianMs": 20',
    '"medianMs": 1e999',
    /cases\[0\]\.medianMs is 1e999; it must be a number that fits/,
  ],
  [
    "has text for a number",
    '"samples": 3',
    '"samples": "3"',
    /cases\[0\]\.samples is "3"; it must be a number/,
  ],
  [
    "has a nested row",
    '"samples": 3',
    '"samples": {}',
    /cases\[0\]\.samples is a JSON object; it must be text, a number/,
  ],
  [
    "has losses that are none",
    "[2.3, 2.2, 2.1]",
    "[2.3, null]",
    /cases\[0\]\.losses has a JSON word in it; it must be a list of/,
  ],
  ["has one loss", "[2.3, 2.2, 2.1]", "2.3", /cases\[0\]\.losses is a JSON number; it must be an array/],
  ["has a key twice", '"samples": 3', '"samples": 3, "samples": 4', /JSON has the key "samples" twice/],
])("a file that %s is refused", (_, part, other, message) => {
  const text = resultsText(results).replace(part, other);
  expect(text).not.toBe(resultsText(results));
  expect(() => read(text)).toThrow(FormatError);
  expect(() => read(text)).toThrow(message);
});

describe("merging", () => {
  const fresh = resultsWith(
    [
      measuredRow("matmul-512", "ours", 80),
      measuredRow("matmul-512", "jax", 160),
      measuredRow("sum-axis0", "ours", 3),
    ],
    { date: secondDay },
  );
  const merged = mergedResults(results, fresh);
  const rowOf = (name: string, engine: string) =>
    merged.cases.find((row) => row.case === name && row.engine === engine);

  test("replaces what was measured again, and keeps the rest with its date", () => {
    expect(merged.date).toBe(secondDay);
    expect(merged.cases).toHaveLength(results.cases.length + 1);
    expect(rowOf("matmul-512", "ours")).toMatchObject({ medianMs: 80, date: secondDay });
    expect(rowOf("matmul-512", "tfjs")).toMatchObject({ medianMs: 3000, date: firstDay });
    expect(rowOf("train-lenet", "ours")).toMatchObject({ medianMs: 20, date: firstDay });
    expect(merged.cases.map((row) => row.case).indexOf("sum-axis0")).toBeLessThan(
      merged.cases.map((row) => row.case).indexOf("sum-all"),
    );
  });

  test("lets rows of two runs not be compared", () => {
    const compared = comparableRows(merged.cases).filter((row) => row.case === "matmul-512");
    expect(compared.map((row) => row.engine)).toEqual(["ours", "jax"]);
    const others = mergedResults(results, resultsWith([measuredRow("copy", "jax", 1)], { date: secondDay }));
    expect(comparableRows(others.cases).filter((row) => row.case === "copy")).toMatchObject([
      { engine: "ours" },
    ]);
  });

  test("an older run does not make a file older", () => {
    expect(mergedResults(fresh, resultsWith([measuredRow("copy", "ours", 5)])).date).toBe(secondDay);
  });
});

test("cases that the benchmark no longer knows are a group of their own", () => {
  const groups = resultsGroups(resultsWith([measuredRow("matmul-7", "ours", 1), ...variedRows()]).cases);
  expect(groups.map(({ name }) => name)).toEqual(expect.arrayContaining(["matmul", "reduce", "train"]));
  expect(groups.at(-1)).toMatchObject({ name: "other", rows: [{ case: "matmul-7" }] });
});

describe("the folder", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "results-"));
  });

  afterEach(() => rm(folder, { recursive: true }));

  test("has a file for each adapter, browser, scale and profile, named after adapter and day", async () => {
    const more = [
      ...[{}, { date: secondDay }, { browser: "Chrome/2.0" }, { profile: "gpu" }, { scale: "hardware" }],
      { adapter: "hardware Other" },
    ] as const;
    for (const setting of more) await keepResults(resultsWith(variedRows(), setting), folder);
    expect((await readdir(folder)).sort()).toEqual([
      "hardware-other-2026-01-02.json",
      ...["-2", "-3", "-4", ""].map((end) => `software-test-adapter-1-2026-01-02${end}.json`),
    ]);
    const first = (await keptResults(folder))[4];
    expect(first.results.date).toBe(secondDay);
    expect(await readFile(first.path, "utf8")).toBe(resultsText(first.results));
  });

  test("is not added to where a file in it is broken", async () => {
    await writeFile(join(folder, "broken.json"), "{}");
    await expect(keepResults(results, folder)).rejects.toThrow(/broken\.json: the file has no "version"/);
    expect(await readdir(folder)).toEqual(["broken.json"]);
  });

  test("may be missing", async () => {
    expect(await keptResults(join(folder, "none"))).toEqual([]);
  });
});

test.each([
  ["hardware NVIDIA GeForce RTX 4090 (0x2684)", "hardware-nvidia-geforce-rtx-4090-0x2684"],
  ["  ../..\\", "adapter"],
  ["x".repeat(100), "x".repeat(60)],
])("the adapter %j gives the name %j", (adapter, slug) => {
  expect(adapterSlug(adapter)).toBe(slug);
});

describe("the command that measures the same again", () => {
  const command = (rows: Parameters<typeof resultsWith>[0], more = {}) =>
    resultsCommand(resultsWith(rows, more));

  test("names cases, engines and repetitions where they are not the default", () => {
    expect(command([measuredRow("copy", "jax", 1), measuredRow("copy", "ours", 1)])).toBe(
      "TILEGRAD_ADAPTER=software npm run bench -- --cases copy --engines ours,jax --reps 3",
    );
    expect(command([failedRow("copy", "ours", "none")], { scale: "hardware", profile: "gpu" })).toBe(
      "npm run bench -- --cases copy --engines ours --profile gpu",
    );
  });

  test("is a page where the browser is none that it can drive", () => {
    const rows = [measuredRow("copy", "ours", 1)];
    expect(command(rows, { browser: "Firefox/145.0" })).toBe(
      "npm start, and the page bench/ in Firefox 145.0",
    );
    expect(command(rows, { browser: "HeadlessChrome/156.0" })).toContain("npm run bench -- --cases copy");
  });

  test("has groups for all of their cases, and can be read by the benchmark", () => {
    const names = ["maxpool-forward", "maxpool-backward", "avgpool-forward", "avgpool-backward", "copy"];
    const text = command(names.map((name) => measuredRow(name, "ours", 1)));
    expect(text).toContain("--cases pool,copy ");
    expect(() => parseBenchOptions(text.split(" -- ")[1].split(" "))).not.toThrow();
  });
});

describe("options", () => {
  test("say where results go and come from", () => {
    expect(parseBenchOptions(["--json", "a.json", "--html", "a.html", "--keep"])).toMatchObject({
      ...{ json: "a.json", html: "a.html", keep: true, from: undefined },
    });
    expect(parseBenchOptions(["--from", "a.json", "--keep"])).toMatchObject({ from: "a.json", keep: true });
    expect(parseBenchOptions(["--readme"])).toMatchObject({ readme: true });
  });

  test.each([
    [["--from", "a.json", "--cases", "copy"], /^--from stands with --cases; it measures nothing/],
    [["--from", "a.json", "--reps=3"], /^--from stands with --reps; it measures nothing/],
    [["--from", "a.json", "--profile", "gpu"], /^--from stands with --profile;/],
    [["--readme", "--keep"], /^--readme stands with other options; it measures nothing and must stand alone/],
  ])("%j is refused", (args, message) => {
    expect(() => parseBenchOptions(args)).toThrow(message);
  });
});
