// The text on which a language model learns when no other is given: this repository's own prose and sources.
//
// Decides: which files, in which order, with which headers, and which are left out where there are too many; the same
// files give the same text on every machine. Leaves to others: reading it into tokens.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import { readPlainText } from "../src/text/plainText.ts";

const repository = fileURLToPath(new URL("..", import.meta.url));
const prose = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"];
const folders = [
  { folder: "src", ending: ".ts" },
  { folder: "shaders", ending: ".wgsl" },
];
const defaultLimitBytes = 600_000;
const moduleName = "virtual:corpus";
const resolvedName = `\0${moduleName}`; // the zero byte keeps other plugins away, as Vite's manual asks

export interface CorpusOptions {
  /** The folder of the repository. Default: this one. */
  root?: string;
  /** UTF-8 bytes of the text at most. Default: 600,000. */
  limitBytes?: number;
}

/** One file as it stands in the corpus. */
interface Section {
  path: string;
  text: string;
  sizeBytes: number;
}

/**
 * Prose first, then sources, then shaders, each part sorted by path. Where all would be more than `limitBytes`, prose
 * stays and whole files are left out evenly along the rest. Throws an error of one line where a file is not UTF-8.
 */
export function assembleCorpus({
  root = repository,
  limitBytes = defaultLimitBytes,
}: CorpusOptions = {}): string {
  const first = prose.map((path) => readSection(root, path));
  const rest = folders
    .flatMap(({ folder, ending }) => listFiles(root, folder, ending))
    .map((path) => readSection(root, path));
  const proseBytes = totalBytes(first);
  if (proseBytes > limitBytes)
    throw new Error(
      `corpus: the prose has ${proseBytes} bytes; the limit of ${limitBytes} must not be below.`,
    );
  return [...first, ...spread(rest, limitBytes - proseBytes)].map(({ text }) => text).join("");
}

/** Serves the corpus to a page: `import { corpus } from "virtual:corpus"`. */
export function corpusPlugin(options: CorpusOptions = {}): Plugin {
  return {
    name: "corpus",
    resolveId: (id) => (id === moduleName ? resolvedName : undefined),
    load: (id) =>
      id === resolvedName ? `export const corpus = ${JSON.stringify(assembleCorpus(options))};\n` : undefined,
  };
}

/** Files of at most `limitBytes` in all, taken so that each stretch of the list gives its share. */
function spread(sections: readonly Section[], limitBytes: number): Section[] {
  const share = Math.min(1, limitBytes / totalBytes(sections));
  let seenBytes = 0;
  let takenBytes = 0;
  return sections.filter(({ sizeBytes }) => {
    seenBytes += sizeBytes;
    if (takenBytes + sizeBytes > seenBytes * share) return false;
    takenBytes += sizeBytes;
    return true;
  });
}

function listFiles(root: string, folder: string, ending: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
    .sort();
}

function readSection(root: string, path: string): Section {
  // A checkout on Windows may have other line ends; the text must not depend on that.
  const content = readPlainText(readFileSync(join(root, path)), { name: path }).replaceAll("\r\n", "\n");
  const text = `=== ${path} ===\n${content.trimEnd()}\n\n`;
  return { path, text, sizeBytes: Buffer.byteLength(text) };
}

function totalBytes(sections: readonly Section[]): number {
  return sections.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
