// Files of results, and the folder of those that are kept, bench/results/.
//
// Decides: one file for each adapter, browser, scale and choice of kernels, named after the adapter and the day on which
// it was begun.

import { mkdir, readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  adapterSlug,
  isSameSetting,
  mergedResults,
  type Results,
  resultsText,
} from "../../bench/figures/results.ts";
import { writeAtomically } from "../train/writeAtomically.ts";
import { readResults } from "./resultsReader.ts";

export const resultsFolder = fileURLToPath(new URL("../../bench/results", import.meta.url));

export interface ResultsFile {
  readonly path: string;
  readonly results: Results;
}

/** Throws FormatError, and an Error where the file cannot be read at all. */
export async function readResultsFile(path: string): Promise<Results> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new Error(`${path}: it cannot be read (${error instanceof Error ? error.message : error}).`);
  });
  return readResults(new Uint8Array(bytes), path);
}

/** Makes the folders that `path` needs. */
export async function writeTextFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeAtomically(path, text);
}

/** By name. None where there is no such folder. */
export async function keptResults(folder = resultsFolder): Promise<ResultsFile[]> {
  const names = await readdir(folder).catch(() => []);
  const paths = names
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => join(folder, name));
  return Promise.all(paths.map(async (path) => ({ path, results: await readResultsFile(path) })));
}

/** Adds `fresh` to the file that has its setting, or begins one. Returns that file. */
export async function keepResults(fresh: Results, folder = resultsFolder): Promise<ResultsFile> {
  const kept = await keptResults(folder);
  const place = kept.find(({ results }) => isSameSetting(results, fresh));
  const path = place?.path ?? freePath(folder, fresh, new Set(kept.map((file) => file.path)));
  const results = place === undefined ? fresh : mergedResults(place.results, fresh);
  await writeTextFile(path, resultsText(results));
  return { path, results };
}

/** Two browsers may be measured on one day. */
function freePath(folder: string, { adapter, date }: Results, taken: ReadonlySet<string>): string {
  const name = `${adapterSlug(adapter)}-${date.slice(0, 10)}`;
  for (let count = 1; ; count++) {
    const path = join(folder, `${name}${count === 1 ? "" : `-${count}`}.json`);
    if (!taken.has(path)) return path;
  }
}
