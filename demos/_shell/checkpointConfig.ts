// What a checkpoint says beside its tensors: the config.json of every page. Plain data: scripts read it without a browser.

import type { RngState } from "../../src/index.ts";

/** What all configs have. */
export interface CommonConfig<Settings> {
  readonly format: string;
  readonly version: number;
  readonly step: number;
  readonly settings: Settings;
}

/** How a page's configs are told from others. */
export interface ConfigKind<Config extends CommonConfig<unknown>> {
  readonly format: string;
  readonly version: number;
  /** Whether all but format, version and step is there, of the right types. */
  hasAll(value: Readonly<Record<string, unknown>>): boolean;
  /** What is wrong with values of the right types; undefined where nothing is. */
  fault?(config: Config): string | undefined;
}

/** The config in the bytes of a config.json; or, as text, what is wrong with them. */
export function parseConfigOf<Config extends CommonConfig<unknown>>(
  { format, version, hasAll, fault }: ConfigKind<Config>,
  bytes: Uint8Array,
): Config | string {
  const allowed = "it must be what a checkpoint was saved with.";
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return `config.json: it is no JSON; ${allowed}`;
  }
  const isOfKind =
    isRecord(value) &&
    value.format === format &&
    value.version === version &&
    isWhole(value.step) &&
    isRecord(value.settings) &&
    hasAll(value);
  if (!isOfKind) return `config.json: it is not of format "${format}", version ${version}; ${allowed}`;
  const config = value as unknown as Config;
  const wrong = fault?.(config);
  return wrong === undefined ? config : `config.json: ${wrong}`;
}

/** The bytes of a config.json. */
export function configBytes(config: CommonConfig<unknown>): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(config, null, 2)}\n`);
}

/** Whether `value` says where random numbers stand. */
export function isRngState(value: unknown): value is RngState {
  const names = ["seed", "step", "eagerStreams", "hostStreams"];
  return isRecord(value) && names.every((name) => isWhole(value[name]) && Number(value[name]) < 2 ** 32);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

export function isWhole(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
