// What a run is made of, and the link that carries it. Plain data: page and worker share it.

import { type ReadLink, valuesOfLink } from "../_shell/links.ts";
import { wholeNumber } from "../_shell/numbers.ts";

export type DataSource = "generated" | "mnist";

export interface RunConfig {
  readonly seed: number;
  readonly batchSize: number;
  /** Pictures to train on. */
  readonly trainCount: number;
  readonly learningRate: number;
  readonly source: DataSource;
}

/** What may change while a run goes on. */
export const LIVE_SETTINGS = ["learningRate"] as const;

const LINK_VERSION = 1;
const LARGEST_SEED = 2 ** 32 - 1;

/** Sizes by name. A software adapter trains as well, some hundred times slower. */
export const PRESETS = {
  small: { batchSize: 32, trainCount: 1000 },
  usual: { batchSize: 64, trainCount: 6000 },
  large: { batchSize: 128, trainCount: 60_000 },
} as const;

type PresetName = keyof typeof PRESETS;

/** `wanted`, and what suits the adapter where nothing is wanted. */
export function completeConfig(wanted: Partial<RunConfig>, isSoftware: boolean): RunConfig {
  const rest = { seed: 1, learningRate: 1e-3, source: "generated" } as const;
  const config = { ...rest, ...PRESETS[isSoftware ? "small" : "usual"], ...wanted };
  return { ...config, batchSize: Math.min(config.batchSize, config.trainCount) };
}

/** The preset whose sizes `config` has. */
export function presetOf({ batchSize, trainCount }: RunConfig): PresetName | undefined {
  const names = Object.keys(PRESETS) as PresetName[];
  return names.find((name) => {
    return PRESETS[name].batchSize === batchSize && PRESETS[name].trainCount === trainCount;
  });
}

/** The hash of a link to `config`. */
export function linkOf(config: RunConfig): string {
  return `${keyOf(config)}&rate=${config.learningRate}`;
}

/** What a kept run is found by: all but what may change while it runs. */
export function keyOf({ seed, batchSize, trainCount, source }: RunConfig): string {
  const values = { v: LINK_VERSION, data: source, digits: trainCount, batch: batchSize, seed };
  return new URLSearchParams(Object.entries(values).map(([name, value]) => [name, String(value)])).toString();
}

/** What a link carries, or what is wrong with it. An empty hash carries nothing; what cannot be is left out. */
export function readLink(hash: string): ReadLink<RunConfig> {
  const given = valuesOfLink(hash, LINK_VERSION);
  if (given === undefined) return { wanted: {} };
  if ("fault" in given) return given;
  const rate = Number(given.get("rate"));
  const source = given.get("data");
  const read = {
    seed: wholeNumber(given.get("seed"), 0, LARGEST_SEED),
    batchSize: wholeNumber(given.get("batch"), 1, 1024),
    trainCount: wholeNumber(given.get("digits"), 10, 60_000),
    learningRate: rate > 0 && rate <= 1 ? rate : undefined,
    source: source === "mnist" || source === "generated" ? source : undefined,
  };
  return { wanted: Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined)) };
}

/** Settings in words, as runs are told apart by. */
export function labelsOf(config: RunConfig): Record<string, string> {
  const { seed, batchSize, trainCount, learningRate, source } = config;
  return {
    data: source,
    digits: String(trainCount),
    batch: String(batchSize),
    rate: String(learningRate),
    seed: String(seed),
  };
}
