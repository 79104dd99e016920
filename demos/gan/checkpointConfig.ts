// What a checkpoint of a DCGAN says beside its tensors. Plain data: scripts read it without a browser.

import type { RngState } from "../../src/index.ts";
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

export interface CheckpointConfig {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  readonly step: number;
  readonly settings: DcganSettings;
  readonly random: RngState;
}

/** The config in the bytes of a config.json; or, as text, what is wrong with them. */
export function parseConfig(bytes: Uint8Array): CheckpointConfig | string {
  const allowed = "it must be what a checkpoint was saved with.";
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return `config.json: it is no JSON; ${allowed}`;
  }
  return isConfig(value)
    ? value
    : `config.json: it is not of format "${FORMAT}", version ${VERSION}; ${allowed}`;
}

function isConfig(value: unknown): value is CheckpointConfig {
  if (typeof value !== "object" || value === null) return false;
  const { format, version, step, settings, random } = value as Partial<CheckpointConfig>;
  if (format !== FORMAT || version !== VERSION || !isWhole(step)) return false;
  return isSettings(settings) && isRandom(random);
}

function isSettings(settings: unknown): settings is DcganSettings {
  if (typeof settings !== "object" || settings === null) return false;
  const { channels, betas, conditional } = settings as Partial<DcganSettings>;
  const arePairs = [channels, betas].every((pair) => Array.isArray(pair) && pair.length === 2);
  if (!arePairs || typeof conditional !== "boolean") return false;
  return settingsFault(settings as DcganSettings) === undefined;
}

function isRandom(random: unknown): boolean {
  if (typeof random !== "object" || random === null) return false;
  const { seed, step, eagerStreams, hostStreams } = random as Partial<RngState>;
  return [seed, step, eagerStreams, hostStreams].every((value) => isWhole(value) && value < 2 ** 32);
}

function isWhole(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
