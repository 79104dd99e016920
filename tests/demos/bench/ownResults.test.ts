// A visitor's results: rows as they come, in several runs, as text, and as a file that the command line keeps.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { OwnResults, ownFile, ownText, type RunHead } from "../../../demos/bench/ownResults.ts";
import { keepResults } from "../../../scripts/bench/resultsFiles.ts";
import { readResults } from "../../../scripts/bench/resultsReader.ts";
import { failedRow, firstDay, measuredRow, secondDay } from "../../tooling/benchRows.ts";

const head: RunHead = {
  adapter: "hardware Some GPU (2)",
  browser: "Firefox/145.0",
  date: firstDay,
  scale: "hardware",
  profile: "automatic",
};

function measured(own: OwnResults): string[] {
  return (own.results?.cases ?? []).map(
    (row) =>
      `${row.case} ${"failure" in row ? row.failure : row.medianMs} ${row.date.slice(0, 4)}${row.date[6]}`,
  );
}

test("there are none before a row has come, and all rows after", () => {
  const own = new OwnResults();
  expect(own.results).toBeUndefined();
  own.begin(head);
  expect(own.results).toBeUndefined();
  own.add([measuredRow("copy", "ours", 3)]);
  own.add([failedRow("matmul-512", "ours", "wrong\n  product")]);
  expect(measured(own)).toEqual(["matmul-512 wrong product 20261", "copy 3 20261"]);
});

test("a run in the same setting adds to the one before, each row with its date", () => {
  const own = new OwnResults();
  own.begin(head);
  own.add([measuredRow("copy", "ours", 3), measuredRow("sum-all", "ours", 5)]);
  own.begin({ ...head, date: secondDay });
  expect(measured(own)).toHaveLength(2);
  own.add([measuredRow("copy", "ours", 4)]);
  expect(measured(own)).toEqual(["copy 4 20262", "sum-all 5 20261"]);
  own.begin({ ...head, date: secondDay, profile: "fallback" });
  own.add([measuredRow("copy", "ours", 9)]);
  expect(measured(own)).toEqual(["copy 9 20262"]);
});

test("the file is read and kept as one of the command line's, with adapter, browser and date", async () => {
  const own = new OwnResults();
  own.begin(head);
  own.add([measuredRow("copy", "ours", 3.14159265), failedRow("copy", "jax", " ")]);
  const { results } = own;
  if (results === undefined) throw new Error("there are no results.");
  const { name, bytes } = ownFile(results);
  expect(name).toBe("tilegrad-hardware-some-gpu-2-2026-01-02.json");
  const read = readResults(bytes, name);
  expect(read).toEqual(results);
  expect(read).toMatchObject({ ...head, version: 1 });
  expect(read.cases.map((row) => ("failure" in row ? row.failure : row.medianMs))).toEqual([
    3.1416,
    "it failed without a word.",
  ]);
  const folder = await mkdtemp(join(tmpdir(), "own-results-"));
  try {
    expect((await keepResults(read, folder)).results).toEqual(read);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("the text says whose it is, and has the command line's table", () => {
  const own = new OwnResults();
  own.begin(head);
  own.add([measuredRow("copy", "ours", 3, { bytes: 3e6 })]);
  if (own.results === undefined) throw new Error("there are no results.");
  const [first, empty, headings, row] = ownText(own.results).split("\n");
  expect(first).toBe(`hardware Some GPU (2), Firefox/145.0, ${firstDay}`);
  expect(empty).toBe("");
  expect(headings).toMatch(/^case +engine +ms +\+- /);
  expect(row).toMatch(/^copy +ours +3 +0.3 +1 +333 +- +1 /);
});
