// What a checkpoint says beside its tensors. Plain data: scripts read it without a browser.

import type { models, RngState } from "../../src/index.ts";
import {
  type CommonConfig,
  type ConfigKind,
  isRecord,
  isRngState,
  parseConfigOf,
} from "../_shell/checkpointConfig.ts";
import { type GptSettings, TASK_NAMES } from "./settings.ts";

export const FORMAT = "tilegrad-gpt";
export const VERSION = 1;

export const CHECKPOINT_FILES = [
  "model.safetensors",
  "training.safetensors",
  "config.json",
  "tokenizer.json",
] as const;
export type CheckpointFile = (typeof CHECKPOINT_FILES)[number];

export interface CheckpointConfig extends CommonConfig<GptSettings> {
  readonly model: models.GptConfig;
  readonly random?: RngState | undefined;
}

const kind: ConfigKind<CheckpointConfig> = {
  format: FORMAT,
  version: VERSION,
  hasAll: ({ settings, model, random }) =>
    isRecord(settings) &&
    isSource(settings.source) &&
    isRecord(model) &&
    (random === undefined || isRngState(random)),
};

/** The config in the bytes of a config.json; or, as text, what is wrong with them. */
export function parseConfig(bytes: Uint8Array): CheckpointConfig | string {
  return parseConfigOf(kind, bytes);
}

function isSource(source: unknown): boolean {
  if (!isRecord(source)) return false;
  const { kind, name, task } = source;
  return kind === "text" ? typeof name === "string" : TASK_NAMES.some((known) => known === task);
}
