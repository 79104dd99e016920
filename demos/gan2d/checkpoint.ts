// Checkpoints: a run as files by name, that the page and the command line both read and write.
//
//   generator.safetensors, discriminator.safetensors   the parameters, "layers.0.weight" and so on
//   training.safetensors                               what both optimizers keep
//   config.json                                        settings, step, and where random numbers stand

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
import type { Gan2dTraining, GanState } from "./gan2dTraining.ts";

/** Before the names of each optimizer's state. */
const OWNERS = { generatorOptimizer: "generator.", discriminatorOptimizer: "discriminator." } as const;

/** A checkpoint as it was read. */
export interface Checkpoint {
  readonly config: CheckpointConfig;
  readonly state: GanState;
}

/** The files of a run as it is now. */
export async function writeCheckpoint(training: Gan2dTraining): Promise<Map<CheckpointFile, Uint8Array>> {
  return checkpointOf(training.settings, await training.save());
}

/** The files of `state`. */
export function checkpointOf(
  settings: CheckpointConfig["settings"],
  state: GanState,
): Map<CheckpointFile, Uint8Array> {
  const { step, random } = state;
  const config: CheckpointConfig = { format: FORMAT, version: VERSION, step, settings, random };
  const optimizers = Object.entries(OWNERS).flatMap(([owner, prefix]) =>
    [...state[owner as keyof typeof OWNERS]].map(([name, value]) => [prefix + name, value] as const),
  );
  const metadata = [["format", "pt"]] as const;
  return new Map<CheckpointFile, Uint8Array>([
    ["generator.safetensors", writeSafetensors(state.generator, metadata)],
    ["discriminator.safetensors", writeSafetensors(state.discriminator, metadata)],
    ["training.safetensors", writeSafetensors(optimizers, [["step", String(step)]])],
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
  const tensorsOf = (name: CheckpointFile) => loadSafetensors(bytesOf(name), { name });
  const generator = await tensorsOf("generator.safetensors");
  const discriminator = await tensorsOf("discriminator.safetensors");
  const { tensors, metadata } = await tensorsOf("training.safetensors");
  const step = metadata.get("step");
  if (step !== String(config.step)) {
    throw new FormatError(
      `training.safetensors: it is of step ${step}, and config.json of step ${config.step}; both must be of one checkpoint.`,
      0,
    );
  }
  const stateOf = (prefix: string) => {
    const own = [...tensors].filter(([name]) => name.startsWith(prefix));
    return new Map(own.map(([name, value]) => [name.slice(prefix.length), value] as const));
  };
  return {
    config,
    state: {
      step: config.step,
      generator: generator.tensors,
      discriminator: discriminator.tensors,
      generatorOptimizer: stateOf(OWNERS.generatorOptimizer),
      discriminatorOptimizer: stateOf(OWNERS.discriminatorOptimizer),
      random: config.random,
    },
  };
}
