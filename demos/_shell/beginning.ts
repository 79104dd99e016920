// What a run begins with: settings, the run that a file or the browser holds, or nothing.
//
// Decides: which saved run is gone on with, and what is told where it is not what was asked for. Leaves to the page what
// its files hold.

import { FormatError } from "../../src/index.ts";
import type { PageTypes, RunHistory, RunStart } from "./messages.ts";
import { HISTORY_FILE, parseHistory } from "./runHistory.ts";
import type { RunStore } from "./runStore.ts";
import { isZip, readZip } from "./zip.ts";

/** Files by name. */
export type NamedFiles = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

/** A checkpoint as the page's files hold it. */
export interface SavedRun<P extends PageTypes, State = unknown> {
  readonly config: P["Config"];
  readonly step: number;
  readonly state: State;
}

/** What a run begins with. */
export interface Beginning<P extends PageTypes, State> {
  readonly config: P["Config"];
  readonly saved: SavedRun<P, State> | undefined;
  readonly history: RunHistory<P["Sample"]> | undefined;
  /** Something to tell the visitor about it; empty where there is nothing. */
  readonly notice: string;
}

/** A saved run and what happened in it. */
export interface KeptRun<P extends PageTypes, State> extends SavedRun<P, State> {
  readonly history: RunHistory<P["Sample"]> | undefined;
}

/** What the page knows of its runs. */
export interface RunKind<P extends PageTypes, State> {
  /** `wanted`, and what suits the adapter where nothing is wanted. */
  complete(wanted: Partial<P["Config"]>, isSoftware: boolean): P["Config"];
  /** What a kept run is found by: all settings but the live ones. */
  keyOf(config: P["Config"]): string;
  /** Settings that may change while a run goes on. */
  readonly live: readonly (keyof P["Config"])[];
  /** Reads a checkpoint. Throws UsageError, FormatError among them, where the files are none. */
  readCheckpoint(files: NamedFiles): Promise<SavedRun<P, State>>;
  /** A sample, as JSON has it; undefined where `value` is none. */
  sampleOf(value: unknown): P["Sample"] | undefined;
}

export interface BeginningRequest<P extends PageTypes, State> {
  readonly kind: RunKind<P, State>;
  readonly store: RunStore;
  readonly wanted: Partial<P["Config"]>;
  readonly from: RunStart;
  readonly isSoftware: boolean;
  /** The run that was read last from a file. */
  readonly file: KeptRun<P, State> | undefined;
}

export async function beginningOf<P extends PageTypes, State>(
  request: BeginningRequest<P, State>,
): Promise<Beginning<P, State>> {
  const { kind, store, wanted, from, isSoftware, file } = request;
  const config = kind.complete(wanted, isSoftware);
  const anew = { config, saved: undefined, history: undefined };
  const resumed = (saved: KeptRun<P, State>, notice: string) => {
    return { config: withLive(kind, saved.config, wanted), saved, history: saved.history, notice };
  };
  if (from === "file" && file !== undefined)
    return resumed(file, `Went on from step ${file.step} of the file.`);
  if (from !== "saved") return { ...anew, notice: "" };
  // A visitor who chose nothing wants to go on where they left.
  const bytes = await store.find(Object.keys(wanted).length === 0 ? undefined : kind.keyOf(config));
  if (bytes === undefined) return { ...anew, notice: "" };
  try {
    const kept = await readRun(kind, bytes, "the kept run");
    return resumed(
      kept,
      `Went on from step ${kept.step}, where this browser kept the run. Reset begins anew.`,
    );
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    const notice = `The run that this browser kept cannot be read, so it begins anew: ${error.message}`;
    return { ...anew, notice };
  }
}

/** A run that was saved as one file. Throws FormatError. */
export async function readRun<P extends PageTypes, State>(
  kind: RunKind<P, State>,
  archive: Uint8Array<ArrayBuffer>,
  name: string,
): Promise<KeptRun<P, State>> {
  if (!isZip(archive)) {
    throw new FormatError(`${name}: it is no saved run; drop a file that this page has saved.`, 0);
  }
  return readRunFiles(kind, await readZip(archive, name));
}

/** A run whose files stand side by side. Throws FormatError. */
export async function readRunFiles<P extends PageTypes, State>(
  kind: RunKind<P, State>,
  files: NamedFiles,
): Promise<KeptRun<P, State>> {
  const history = files.get(HISTORY_FILE);
  const saved = await kind.readCheckpoint(files);
  return { ...saved, history: history && parseHistory(history, (value) => kind.sampleOf(value)) };
}

/** The settings of a saved run, with what may have been changed since. */
function withLive<P extends PageTypes, State>(
  { live }: RunKind<P, State>,
  config: P["Config"],
  wanted: Partial<P["Config"]>,
): P["Config"] {
  const changed = live.filter((name) => wanted[name] !== undefined).map((name) => [name, wanted[name]]);
  return { ...config, ...Object.fromEntries(changed) };
}
