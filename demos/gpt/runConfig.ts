// What the page chooses for a run: the sizes that go by name, how choices become settings, and the link that carries them.
//
// Decides: the format of share links (configuration, never weights or texts) and which saved run a link means. Plain
// data: page and worker share it.

import { type ReadLink, valuesOfLink } from "../_shell/links.ts";
import { wholeNumber } from "../_shell/numbers.ts";
import { DEFAULT_SETTINGS, type GptSettings, TASK_NAMES, type TaskName } from "./settings.ts";

/** What is learned. A file is known by its name and a fingerprint of its text. */
export type TextChoice =
  | { readonly kind: "corpus" }
  | { readonly kind: "task"; readonly task: TaskName }
  | { readonly kind: "file"; readonly name: string; readonly fingerprint: string };

export interface RunConfig {
  readonly text: TextChoice;
  /** Tokens that byte pairs are merged into; 0 for characters. */
  readonly vocabulary: number;
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
  readonly context: number;
  readonly batchSize: number;
  readonly dropout: number;
  readonly seed: number;
  readonly learningRate: number;
}

/** What the visitor chose; what is left out suits the adapter. */
export type WantedConfig = Partial<RunConfig>;
/** What may change while a run goes on. */
export const LIVE_SETTINGS = ["learningRate"] as const;

export type Sizes = Pick<RunConfig, "layers" | "heads" | "width" | "context" | "batchSize" | "learningRate">;

export const PRESETS = {
  tiny: { layers: 2, heads: 4, width: 64, context: 32, batchSize: 8, learningRate: 3e-3 },
  small: { layers: 4, heads: 4, width: 128, context: 128, batchSize: 32, learningRate: 2e-3 },
  medium: { layers: 6, heads: 6, width: 384, context: 256, batchSize: 32, learningRate: 1e-3 },
} as const satisfies Record<string, Sizes>;

export type PresetName = keyof typeof PRESETS;
export const PRESET_NAMES = Object.keys(PRESETS) as PresetName[];

/** The name under which a checkpoint has the built-in text. */
export const CORPUS_NAME = "this repository";
export const LINK_VERSION = 1;

const LARGEST_SEED = 2 ** 32 - 1;
const WARMUP_STEPS = 30;

/** `wanted`, and what suits the adapter where nothing is wanted. */
export function completeConfig(wanted: WantedConfig, isSoftware: boolean): RunConfig {
  const rest = { text: { kind: "corpus" } as const, vocabulary: 0, dropout: 0, seed: 1 };
  return { ...rest, ...PRESETS[isSoftware ? "tiny" : "small"], ...wanted };
}

/** The preset whose sizes `config` has. */
export function presetOf(config: RunConfig): PresetName | undefined {
  const names = ["layers", "heads", "width", "context", "batchSize"] as const;
  return PRESET_NAMES.find((preset) => names.every((name) => PRESETS[preset][name] === config[name]));
}

/** Settings for `config`, and `base` for all that the page does not choose. The rate stays where it is put. */
export function settingsFor(config: RunConfig, base: GptSettings = DEFAULT_SETTINGS): GptSettings {
  const { text, vocabulary, learningRate, ...sizes } = config;
  const name = text.kind === "file" ? text.name : CORPUS_NAME;
  return {
    ...base,
    ...sizes,
    source: text.kind === "task" ? text : { kind: "text", name },
    vocabulary: vocabulary === 0 ? undefined : vocabulary,
    warmupSteps: Math.min(base.warmupSteps, WARMUP_STEPS),
    learningRate,
    finalLearningRate: learningRate,
  };
}

/** The choices that a checkpoint was made with. `file` is the text that came with it. */
export function configOf(settings: GptSettings, file: TextChoice | undefined): RunConfig {
  const { source, vocabulary = 0, layers, heads, width, context, batchSize } = settings;
  const { dropout, seed, learningRate } = settings;
  const isCorpus = source.kind === "text" && source.name === CORPUS_NAME;
  const text: TextChoice = source.kind === "task" ? source : isCorpus || !file ? { kind: "corpus" } : file;
  return { text, vocabulary, layers, heads, width, context, batchSize, dropout, seed, learningRate };
}

/** The hash of a link to `config`. */
export function linkOf(config: RunConfig): string {
  return `${keyOf(config)}&rate=${config.learningRate}`;
}

/** What a saved run is found by: all but what may change while it runs. */
export function keyOf(config: RunConfig): string {
  const { text, vocabulary, layers, heads, width, context, batchSize, dropout, seed } = config;
  const values = new URLSearchParams({
    v: String(LINK_VERSION),
    text: textName(text),
    tokens: vocabulary === 0 ? "characters" : String(vocabulary),
    layers: String(layers),
    heads: String(heads),
    width: String(width),
    context: String(context),
    batch: String(batchSize),
    dropout: String(dropout),
    seed: String(seed),
  });
  return values.toString();
}

/** What a link carries, or what is wrong with it. An empty hash carries nothing. */
export function readLink(hash: string): ReadLink<RunConfig> {
  const given = valuesOfLink(hash, LINK_VERSION);
  if (given === undefined) return { wanted: {} };
  if ("fault" in given) return given;
  const whole = (name: string, least: number, most: number) => wholeNumber(given.get(name), least, most);
  const number = (name: string, least: number, most: number) => {
    const value = Number(given.get(name) ?? Number.NaN);
    return value >= least && value <= most ? value : undefined;
  };
  const wanted = {
    text: readText(given.get("text")),
    vocabulary: given.get("tokens") === "characters" ? 0 : whole("tokens", 256, 65_536),
    layers: whole("layers", 1, 48),
    heads: whole("heads", 1, 64),
    width: whole("width", 1, 4096),
    context: whole("context", 1, 4096),
    batchSize: whole("batch", 1, 1024),
    dropout: number("dropout", 0, 0.9),
    seed: whole("seed", 0, LARGEST_SEED),
    learningRate: number("rate", 1e-7, 1),
  };
  return { wanted: Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined)) };
}

/** A text as links and lists name it. */
export function textName(text: TextChoice): string {
  if (text.kind === "corpus") return "corpus";
  return text.kind === "task" ? text.task : `file:${text.fingerprint}:${text.name}`;
}

/** The text of such a name; undefined where there is none. */
export function readText(name: string | null): TextChoice | undefined {
  if (name === "corpus") return { kind: "corpus" };
  const task = TASK_NAMES.find((known) => known === name);
  if (task !== undefined) return { kind: "task", task };
  const [kind, fingerprint, ...rest] = (name ?? "").split(":");
  if (kind !== "file" || fingerprint === undefined || rest.length === 0) return undefined;
  return { kind: "file", name: rest.join(":"), fingerprint };
}
