// A run from what the page asks for: its text, its checkpoint where there is one, its model.
//
// Decides: what a run begins with, and what is told where that is not what was asked for.

import { type Engine, FormatError, UsageError } from "../../src/index.ts";
import { GptRun, type RunOptions } from "./gptRun.ts";
import { GptTraining } from "./gptTraining.ts";
import type { LoadingStage, RunStart } from "./protocol.ts";
import { completeConfig, keyOf, type RunConfig, settingsFor, type WantedConfig } from "./runConfig.ts";
import { type NamedText, type ReadFiles, readRun, type SavedRun } from "./runFiles.ts";
import { HistoryRecorder } from "./runHistory.ts";
import { findRun } from "./runStore.ts";

export interface OpenRequest {
  readonly engine: Engine;
  readonly wanted: WantedConfig;
  readonly from: RunStart;
  /** What was read last. */
  readonly files: ReadFiles | undefined;
  /** The visitor's texts by fingerprint. What a saved run brings is added. */
  readonly texts: Map<string, NamedText>;
  readonly onProgress: (stage: LoadingStage, done: number, total: number) => void;
  readonly options: Pick<RunOptions, "tell" | "onFailure" | "keep">;
}

export interface OpenedRun {
  readonly run: GptRun;
  readonly notice: string;
}

/** What a run begins with. */
interface Beginning {
  readonly config: RunConfig;
  readonly saved: SavedRun | undefined;
  readonly notice: string;
}

/** Makes the run, with every pipeline of a step. Throws UsageError where it cannot be. */
export async function openRun(request: OpenRequest): Promise<OpenedRun> {
  const { engine, onProgress, options, files, from } = request;
  onProgress("text", 0, 1);
  const { config, saved, notice } = await beginningOf(request);
  const text = await textOf(config, request.texts);
  const settings = settingsFor(config, saved?.checkpoint.config.settings);
  const { tokenizer, state } = saved?.checkpoint ?? {};
  const training = await GptTraining.create(engine, settings, { text, tokenizer, state, onProgress });
  try {
    if (from === "files" && files?.kind === "weights") loadWeights(training, files);
    await training.prepare();
  } catch (error) {
    training.dispose();
    throw error;
  }
  const history = new HistoryRecorder(saved?.history);
  return { run: new GptRun({ ...options, training, config, text, history }), notice };
}

async function beginningOf({ engine, wanted, from, files, texts }: OpenRequest): Promise<Beginning> {
  const config = completeConfig(wanted, engine.adapter.isSoftware);
  if (from === "files" && files?.kind === "run") {
    const saved = files.run;
    if (saved.text) texts.set(saved.text.fingerprint, saved.text);
    // The rate may have been changed since the file was read.
    const resumed = { ...saved.config, learningRate: wanted.learningRate ?? saved.config.learningRate };
    return {
      config: resumed,
      saved,
      notice: `Went on from step ${saved.checkpoint.config.step} of the file.`,
    };
  }
  if (from === "saved") {
    const kept = await findKept(Object.keys(wanted).length === 0 ? undefined : keyOf(config));
    if (typeof kept === "string") return withText({ config, saved: undefined, notice: kept }, texts);
    if (kept !== undefined) {
      if (kept.text) texts.set(kept.text.fingerprint, kept.text);
      const resumed = { ...kept.config, learningRate: wanted.learningRate ?? kept.config.learningRate };
      const notice = `Went on from step ${kept.checkpoint.config.step}, where this browser kept the run. Reset begins anew.`;
      return { config: resumed, saved: kept, notice };
    }
  }
  return withText({ config, saved: undefined, notice: "" }, texts);
}

/** The run that the browser kept; undefined where it kept none; a text, where it cannot be read. */
async function findKept(key: string | undefined): Promise<SavedRun | string | undefined> {
  const bytes = await findRun(key);
  if (bytes === undefined) return undefined;
  try {
    return await readRun(bytes, "the kept run");
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return `The run that this browser kept cannot be read, so it begins anew: ${error.message}`;
  }
}

/** The beginning with another text, where the one that is asked for is not there. */
function withText(beginning: Beginning, texts: ReadonlyMap<string, NamedText>): Beginning {
  const { text } = beginning.config;
  if (text.kind !== "file" || texts.has(text.fingerprint)) return beginning;
  return {
    ...beginning,
    config: { ...beginning.config, text: { kind: "corpus" } },
    notice: `Links carry no texts: drop “${text.name}” here to train on it. Until then it is this page’s own text.`,
  };
}

async function textOf({ text }: RunConfig, texts: ReadonlyMap<string, NamedText>): Promise<string> {
  if (text.kind === "task") return "";
  if (text.kind === "corpus") return (await import("virtual:corpus")).corpus;
  const known = texts.get(text.fingerprint);
  if (known !== undefined) return known.text;
  throw new UsageError(`${text.name}: the text is not here any more; drop it once more.`);
}

function loadWeights(
  training: GptTraining,
  { tensors, name }: Extract<ReadFiles, { kind: "weights" }>,
): void {
  try {
    training.model.loadStateDict(tensors);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const { layers, width, context } = training.model.config;
    const { vocabularySize } = training.model.config;
    throw new UsageError(
      `${name}: it is of another model than this one of ${layers} layers, width ${width}, context ${context} and ` +
        `${vocabularySize} tokens. ${error.message.replace("loadStateDict: ", "It has ")}`,
    );
  }
}
