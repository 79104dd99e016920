// Checkpoints: a run as files by name, that the page and the command line both read and write.
//
//   generator.safetensors      the network that samples are drawn from
//   discriminator.safetensors
//   training.safetensors       what the optimizers keep, the step, and, where samples are an
//                              average's, the network that learns
//   config.json                settings, and where random numbers stand

import { FormatError, loadSafetensors, writeSafetensors } from "../../src/index.ts";
import { configBytes } from "../_shell/checkpointConfig.ts";
import {
  CHECKPOINT_FILES,
  type CheckpointConfig,
  type CheckpointFile,
  FORMAT,
  parseConfig,
  VERSION,
} from "./checkpointConfig.ts";
import type { GanState, SavedState } from "./ganTraining.ts";
import type { DcganSettings } from "./settings.ts";

/** A checkpoint as it was read. */
export interface Checkpoint {
  readonly config: CheckpointConfig;
  readonly state: GanState;
}

/** Parts of the state that stand in training.safetensors, each under its name. */
const TRAINING_PARTS = ["generatorOptimizer", "discriminatorOptimizer"] as const;

const LEARNING = "generator";

function prefixed(part: string, state: SavedState) {
  return [...state].map(([name, value]) => [`${part}.${name}`, value] as const);
}

/** The files of a run that stands at `state`. */
export function writeCheckpoint(settings: DcganSettings, state: GanState): Map<CheckpointFile, Uint8Array> {
  const { step, random } = state;
  const config: CheckpointConfig = { format: FORMAT, version: VERSION, step, settings, random };
  const training = TRAINING_PARTS.flatMap((part) => prefixed(part, state[part]));
  const { generator, average } = state;
  if (average !== undefined) {
    // The average is what others load: it has the names of the network.
    training.push(...prefixed(LEARNING, generator));
  }
  const metadata = [["format", "pt"]] as const;
  return new Map<CheckpointFile, Uint8Array>([
    ["generator.safetensors", writeSafetensors(average ?? generator, metadata)],
    ["discriminator.safetensors", writeSafetensors(state.discriminator, metadata)],
    ["training.safetensors", writeSafetensors(new Map(training), [["step", String(step)]])],
    ["config.json", configBytes(config)],
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
  const config = parseConfig(bytesOf("config.json"));
  if (typeof config === "string") throw new FormatError(config, 0);
  const names = ["generator.safetensors", "discriminator.safetensors", "training.safetensors"] as const;
  const [generator, discriminator, training] = await Promise.all(
    names.map((name) => loadSafetensors(bytesOf(name), { name })),
  );
  const step = training.metadata.get("step");
  if (step !== String(config.step)) {
    throw new FormatError(
      `training.safetensors: it is of step ${step}, and config.json of step ${config.step}; both must be of one checkpoint.`,
      0,
    );
  }
  const part = (prefix: string) =>
    new Map(
      [...training.tensors]
        .filter(([name]) => name.startsWith(`${prefix}.`))
        .map(([name, value]) => [name.slice(prefix.length + 1), value] as const),
    );
  const learning = part(LEARNING);
  const isAveraged = learning.size > 0;
  return {
    config,
    state: {
      step: config.step,
      generator: isAveraged ? learning : generator.tensors,
      average: isAveraged ? generator.tensors : undefined,
      discriminator: discriminator.tensors,
      generatorOptimizer: part("generatorOptimizer"),
      discriminatorOptimizer: part("discriminatorOptimizer"),
      random: config.random,
    },
  };
}
