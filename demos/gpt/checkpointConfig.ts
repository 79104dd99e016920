// What a checkpoint says beside its tensors. Plain data: scripts read it without a browser.

import type { models, RngState } from "../../src/index.ts";
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

export interface CheckpointConfig {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  readonly step: number;
  readonly settings: GptSettings;
  readonly model: models.GptConfig;
  readonly random?: RngState | undefined;
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
  const { format, version, step, settings, model, random } = value as Partial<CheckpointConfig>;
  const isRight = format === FORMAT && version === VERSION && Number.isInteger(step);
  return (
    isRight &&
    isObject(settings) &&
    isObject(model) &&
    isSource((settings as Partial<GptSettings>).source) &&
    (random === undefined || isRandom(random))
  );
}

function isRandom(random: unknown): boolean {
  if (typeof random !== "object" || random === null) return false;
  const { seed, step, eagerStreams, hostStreams } = random as Partial<RngState>;
  return [seed, step, eagerStreams, hostStreams].every((value) => {
    return Number.isInteger(value) && value !== undefined && value >= 0 && value < 2 ** 32;
  });
}

function isSource(source: unknown): boolean {
  if (!isObject(source)) return false;
  const { kind, name, task } = source as Record<string, unknown>;
  return kind === "text" ? typeof name === "string" : TASK_NAMES.some((known) => known === task);
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
