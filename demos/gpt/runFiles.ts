// Files from the visitor: what they are, and what is in them.
//
// Decides: by name and content whether files are a text, a saved run, or weights alone; and how a run is one file.

import { FormatError, loadSafetensors, readPlainText, UsageError } from "../../src/index.ts";
import { isZip, readZip, writeZip } from "../shared/zip.ts";
import { type Checkpoint, readCheckpoint } from "./checkpoint.ts";
import { CHECKPOINT_FILES } from "./checkpointConfig.ts";
import { TEXT_FILE } from "./gptRun.ts";
import type { RunHistory } from "./protocol.ts";
import { configOf, fingerprintOf, type RunConfig } from "./runConfig.ts";
import { HISTORY_FILE, parseHistory } from "./runHistory.ts";

const LARGEST_TEXT_BYTES = 64 * 2 ** 20;

/** A text that can be learned. */
export interface NamedText {
  readonly name: string;
  readonly fingerprint: string;
  readonly text: string;
}

/** A saved run. */
export interface SavedRun {
  readonly checkpoint: Checkpoint;
  readonly config: RunConfig;
  readonly text: NamedText | undefined;
  readonly history: RunHistory | undefined;
}

export type ReadFiles =
  | { readonly kind: "text"; readonly text: NamedText }
  | { readonly kind: "run"; readonly run: SavedRun }
  /** Weights without anything that says what of. */
  | { readonly kind: "weights"; readonly tensors: Checkpoint["state"]["model"]; readonly name: string };

/** Reads what was dropped. Throws UsageError, FormatError among them, where it is nothing of use. */
export async function readFiles(files: readonly File[]): Promise<ReadFiles> {
  const [first] = files;
  const isModelPart = ({ name }: File) => /\.(json|safetensors)$/i.test(name);
  if (files.length === 1 && !isModelPart(first)) return readOne(first);
  if (!files.every(isModelPart)) {
    throw new UsageError(
      `${files.length} files: they are no saved run; drop one text, one saved run, or the files ${CHECKPOINT_FILES.join(", ")}.`,
    );
  }
  const named = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const file of files) named.set(file.name, new Uint8Array(await file.arrayBuffer()));
  if (files.length > 1 || !first.name.endsWith(".safetensors")) {
    return { kind: "run", run: await readRunFiles(named) };
  }
  const bytes = named.get(first.name) ?? new Uint8Array();
  const { tensors } = await loadSafetensors(bytes, { name: first.name });
  return { kind: "weights", tensors, name: first.name };
}

/** A run that was saved as one file. Throws FormatError. */
export async function readRun(archive: Uint8Array<ArrayBuffer>, name: string): Promise<SavedRun> {
  return readRunFiles(await readZip(archive, name));
}

/** A run as one file, which any ZIP program opens. */
export function writeRun(files: ReadonlyMap<string, Uint8Array>): Uint8Array<ArrayBuffer> {
  return writeZip(files);
}

/** A text under a name. Throws UsageError where there is none in it. */
export function namedText(name: string, bytes: Uint8Array): NamedText {
  if (bytes.length > LARGEST_TEXT_BYTES) {
    const size = (bytes.length / 2 ** 20).toFixed(0);
    throw new UsageError(`${name}: it has ${size} MiB; a text may have ${LARGEST_TEXT_BYTES / 2 ** 20} MiB.`);
  }
  const text = readPlainText(bytes, { name });
  if (text.length === 0) throw new UsageError(`${name}: it is empty; it must have text to learn.`);
  return { name, text, fingerprint: fingerprintOf(text) };
}

async function readOne(file: File): Promise<ReadFiles> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (isZip(bytes)) return { kind: "run", run: await readRun(bytes, file.name) };
  if (bytes.includes(0)) {
    throw new FormatError(`${file.name}: it is no text; drop a text file, or a saved run.`, bytes.indexOf(0));
  }
  return { kind: "text", text: namedText(file.name, bytes) };
}

async function readRunFiles(files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>): Promise<SavedRun> {
  const checkpoint = await readCheckpoint(files);
  const { settings } = checkpoint.config;
  const textBytes = files.get(TEXT_FILE);
  const name = settings.source.kind === "text" ? settings.source.name : TEXT_FILE;
  const text = textBytes && namedText(name, textBytes);
  const choice = text && { kind: "file" as const, name: text.name, fingerprint: text.fingerprint };
  const historyFile = files.get(HISTORY_FILE);
  return {
    checkpoint,
    config: configOf(settings, choice),
    text,
    history: historyFile && parseHistory(historyFile),
  };
}
