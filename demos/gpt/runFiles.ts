// Files from the visitor: what they are, and what is in them.
//
// Decides: by name and content whether files are a text, a saved run, or weights alone; and what a saved run has beside
// its checkpoint: the text that it learns, where that is the visitor's own.

import { FormatError, loadSafetensors, readPlainText, UsageError } from "../../src/index.ts";
import {
  type KeptRun,
  type NamedFiles,
  type RunKind,
  readRun,
  readRunFiles,
  type SavedRun,
} from "../_shell/beginning.ts";
import { fingerprintOf } from "../_shell/fingerprint.ts";
import { isZip } from "../_shell/zip.ts";
import { type Checkpoint, checkpointFiles, readCheckpoint } from "./checkpoint.ts";
import { CHECKPOINT_FILES } from "./checkpointConfig.ts";
import type { GptTypes } from "./pageTypes.ts";
import { configOf } from "./runConfig.ts";

const TEXT_FILE = "text.txt";
const LARGEST_TEXT_BYTES = 64 * 2 ** 20;

/** A text that can be learned. */
export interface NamedText {
  readonly name: string;
  readonly fingerprint: string;
  readonly text: string;
}

/** A run as it is saved. */
export interface GptState {
  readonly checkpoint: Checkpoint;
  /** What it learns, where that is the visitor's own. */
  readonly text: NamedText | undefined;
}

/** Weights without anything that says what of. */
export interface NamedWeights {
  readonly name: string;
  readonly tensors: Checkpoint["state"]["model"];
}

export type DroppedFiles =
  | { readonly kind: "text"; readonly text: NamedText }
  | { readonly kind: "run"; readonly run: KeptRun<GptTypes, GptState> }
  | { readonly kind: "weights"; readonly weights: NamedWeights };

/** Reads what was dropped. Throws UsageError, FormatError among them, where it is nothing of use. */
export async function readDropped(
  files: readonly File[],
  kind: RunKind<GptTypes, GptState>,
): Promise<DroppedFiles> {
  const [first] = files;
  const isModelPart = ({ name }: File) => /\.(json|safetensors)$/i.test(name);
  if (files.length === 1 && !isModelPart(first)) return readOne(first, kind);
  if (!files.every(isModelPart)) {
    throw new UsageError(
      `${files.length} files: they are no saved run; drop one text, one saved run, or the files ${CHECKPOINT_FILES.join(", ")}.`,
    );
  }
  const named = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const file of files) named.set(file.name, new Uint8Array(await file.arrayBuffer()));
  if (files.length > 1 || !first.name.endsWith(".safetensors")) {
    return { kind: "run", run: await readRunFiles(kind, named) };
  }
  const bytes = named.get(first.name) ?? new Uint8Array();
  const { tensors } = await loadSafetensors(bytes, { name: first.name });
  return { kind: "weights", weights: { tensors, name: first.name } };
}

/** A saved run out of its files. Throws UsageError, FormatError among them. */
export async function readSavedRun(files: NamedFiles): Promise<SavedRun<GptTypes, GptState>> {
  const checkpoint = await readCheckpoint(files);
  const { settings, step } = checkpoint.config;
  const textBytes = files.get(TEXT_FILE);
  const name = settings.source.kind === "text" ? settings.source.name : TEXT_FILE;
  const text = textBytes && namedText(name, textBytes);
  const choice = text && { kind: "file" as const, name: text.name, fingerprint: text.fingerprint };
  return { config: configOf(settings, choice), step, state: { checkpoint, text } };
}

/** The files of a saved run. */
export function savedFiles({ checkpoint, text }: GptState): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>(checkpointFiles(checkpoint));
  if (text !== undefined) files.set(TEXT_FILE, new TextEncoder().encode(text.text));
  return files;
}

/** A text under a name. Throws UsageError where there is none in it. */
function namedText(name: string, bytes: Uint8Array): NamedText {
  if (bytes.length > LARGEST_TEXT_BYTES) {
    const size = (bytes.length / 2 ** 20).toFixed(0);
    throw new UsageError(`${name}: it has ${size} MiB; a text may have ${LARGEST_TEXT_BYTES / 2 ** 20} MiB.`);
  }
  const text = readPlainText(bytes, { name });
  if (text.length === 0) throw new UsageError(`${name}: it is empty; it must have text to learn.`);
  return { name, text, fingerprint: fingerprintOf(text) };
}

async function readOne(file: File, kind: RunKind<GptTypes, GptState>): Promise<DroppedFiles> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (isZip(bytes)) return { kind: "run", run: await readRun(kind, bytes, file.name) };
  if (bytes.includes(0)) {
    throw new FormatError(`${file.name}: it is no text; drop a text file, or a saved run.`, bytes.indexOf(0));
  }
  return { kind: "text", text: namedText(file.name, bytes) };
}
