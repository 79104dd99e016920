// Checkpoints: a run as files by name, that the page and the command line both read and write.
//
//   model.safetensors     the parameters, in GPT-2's names
//   training.safetensors  what the optimizer keeps, and the step
//   config.json           settings, sizes, and where random numbers stand
//   tokenizer.json        the tokenizer

import {
  BytePairTokenizer,
  CharacterTokenizer,
  FormatError,
  loadSafetensors,
  type Tokenizer,
  writeSafetensors,
} from "../../src/index.ts";
import {
  CHECKPOINT_FILES,
  type CheckpointConfig,
  type CheckpointFile,
  FORMAT,
  parseConfig,
  VERSION,
} from "./checkpointConfig.ts";
import type { GptTraining, TrainingState } from "./gptTraining.ts";

/** A run as a checkpoint has it. */
export interface Checkpoint {
  readonly config: CheckpointConfig;
  readonly tokenizer: Tokenizer;
  readonly state: TrainingState;
}

/** The files of a run as it is now. */
export async function writeCheckpoint(training: GptTraining): Promise<Map<CheckpointFile, Uint8Array>> {
  return checkpointFiles(await takeCheckpoint(training));
}

/** A run as it is now. */
export async function takeCheckpoint(training: GptTraining): Promise<Checkpoint> {
  const state = await training.save();
  const config: CheckpointConfig = {
    format: FORMAT,
    version: VERSION,
    step: state.step,
    settings: training.settings,
    model: training.model.config,
    random: state.random,
  };
  return { config, tokenizer: training.lessons.tokenizer, state };
}

/** The files of a checkpoint. */
export function checkpointFiles({ config, tokenizer, state }: Checkpoint): Map<CheckpointFile, Uint8Array> {
  const { step, model, optimizer } = state;
  const text = (value: unknown) => new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
  const metadata = [["format", "pt"]] as const;
  return new Map<CheckpointFile, Uint8Array>([
    ["model.safetensors", writeSafetensors(model, metadata)],
    ["training.safetensors", writeSafetensors(optimizer, [["step", String(step)]])],
    ["config.json", text(config)],
    ["tokenizer.json", text(tokenizer)],
  ]);
}

/** Reads `files`. Throws FormatError where one is missing, damaged, or of something else. */
export async function readCheckpoint(
  files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
): Promise<Checkpoint> {
  const bytesOf = (name: CheckpointFile) => {
    const bytes = files.get(name);
    if (bytes !== undefined) return bytes;
    throw new FormatError(
      `${name}: the file is missing; a checkpoint has ${CHECKPOINT_FILES.join(", ")}.`,
      0,
    );
  };
  const config = readConfig(bytesOf("config.json"));
  const tokenizer = readTokenizer(bytesOf("tokenizer.json"));
  const [model, optimizer] = await Promise.all(
    (["model.safetensors", "training.safetensors"] as const).map((name) =>
      loadSafetensors(bytesOf(name), { name }),
    ),
  );
  const step = optimizer.metadata.get("step");
  if (step !== String(config.step)) {
    throw new FormatError(
      `training.safetensors: it is of step ${step}, and config.json of step ${config.step}; both must be of one checkpoint.`,
      0,
    );
  }
  return {
    config,
    tokenizer,
    state: { step: config.step, model: model.tensors, optimizer: optimizer.tensors, random: config.random },
  };
}

/** What a checkpoint says of itself. Throws FormatError. */
function readConfig(bytes: Uint8Array): CheckpointConfig {
  const read = parseConfig(bytes);
  if (typeof read !== "string") return read;
  throw new FormatError(read, 0);
}

/** Either kind of tokenizer. Throws FormatError. */
export function readTokenizer(bytes: Uint8Array): Tokenizer {
  const name = "tokenizer.json";
  const isBytePair = new TextDecoder().decode(bytes.subarray(0, 4096)).includes("byte-pair");
  return isBytePair
    ? BytePairTokenizer.fromJSON(bytes, { name })
    : CharacterTokenizer.fromJSON(bytes, { name });
}
