// What a checkpoint says beside its tensors. Plain data: scripts read it without a browser.

import type { RngState } from "../../src/index.ts";
import {
  type CommonConfig,
  type ConfigKind,
  isRecord,
  isRngState,
  parseConfigOf,
} from "../_shell/checkpointConfig.ts";
import { type GanSettings, settingsFault } from "./ganSettings.ts";

export const FORMAT = "tilegrad-gan2d";
export const VERSION = 1;

export const CHECKPOINT_FILES = [
  "generator.safetensors",
  "discriminator.safetensors",
  "training.safetensors",
  "config.json",
] as const;
export type CheckpointFile = (typeof CHECKPOINT_FILES)[number];

export interface CheckpointConfig extends CommonConfig<GanSettings> {
  readonly random: RngState;
}

const kind: ConfigKind<CheckpointConfig> = {
  format: FORMAT,
  version: VERSION,
  hasAll: ({ settings, random }) =>
    isRecord(settings) &&
    isRecord(settings.generator) &&
    isRecord(settings.discriminator) &&
    typeof settings.drawing === "string" &&
    isRngState(random),
  fault: ({ settings }) => settingsFault(settings),
};

/** The config in the bytes of a config.json; or, as text, what is wrong with them. */
export function parseConfig(bytes: Uint8Array): CheckpointConfig | string {
  return parseConfigOf(kind, bytes);
}
