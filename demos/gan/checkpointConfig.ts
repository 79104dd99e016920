// What a checkpoint of a DCGAN says beside its tensors. Plain data: scripts read it without a browser.

import type { RngState } from "../../src/index.ts";
import {
  type CommonConfig,
  type ConfigKind,
  isRecord,
  isRngState,
  parseConfigOf,
} from "../_shell/checkpointConfig.ts";
import { type DcganSettings, settingsFault } from "./settings.ts";

export const FORMAT = "tilegrad-dcgan";
export const VERSION = 1;

/** The networks as PyTorch names their layers, what training needs beside them, and the rest. */
export const CHECKPOINT_FILES = [
  "generator.safetensors",
  "discriminator.safetensors",
  "training.safetensors",
  "config.json",
] as const;
export type CheckpointFile = (typeof CHECKPOINT_FILES)[number];

export interface CheckpointConfig extends CommonConfig<DcganSettings> {
  readonly random: RngState;
}

const kind: ConfigKind<CheckpointConfig> = {
  format: FORMAT,
  version: VERSION,
  hasAll: ({ settings, random }) => isSettings(settings) && isRngState(random),
};

/** The config in the bytes of a config.json; or, as text, what is wrong with them. */
export function parseConfig(bytes: Uint8Array): CheckpointConfig | string {
  return parseConfigOf(kind, bytes);
}

function isSettings(settings: unknown): settings is DcganSettings {
  if (!isRecord(settings)) return false;
  const arePairs = [settings.channels, settings.betas].every(
    (pair) => Array.isArray(pair) && pair.length === 2,
  );
  if (!arePairs || typeof settings.conditional !== "boolean") return false;
  return settingsFault(settings as unknown as DcganSettings) === undefined;
}
