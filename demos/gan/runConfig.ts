// What the page chooses for a run: pictures, networks and recipes by name, and the link that carries a choice.
//
// Decides: the format of share links (settings, never weights or pictures) and which saved run a link means. Plain data:
// page and worker share it.

import { type ReadLink, valuesOfLink } from "../_shell/links.ts";
import {
  type DcganSettings,
  DEFAULT_SETTINGS,
  LOSS_NAMES,
  PICTURE_SIZES,
  PLAIN_SETTINGS,
  settingsFault,
} from "./settings.ts";

/** Where real pictures come from. Files are known by a name and a fingerprint of what is in them. */
export type PictureSource =
  | { readonly kind: "generated" }
  | { readonly kind: "files"; readonly name: string; readonly fingerprint: string };

export interface RunConfig extends DcganSettings {
  readonly source: PictureSource;
  /** Digits that are generated, where they are. */
  readonly pictureCount: number;
  readonly discriminatorRate: number;
}

/** What the visitor chose; what is left out suits the adapter. */
export type WantedConfig = Partial<RunConfig>;

/** What may change while a run goes on. */
export const LIVE_SETTINGS = ["learningRate", "discriminatorRate"] as const;

export const LINK_VERSION = 1;
export const GENERATED: PictureSource = { kind: "generated" };
const MOST_PICTURES = 60_000;
const LARGEST_BATCH = 1024;
const LARGEST_LATENT = 512;
const MOST_CHANNELS = 256;

type Recipe = Pick<
  RunConfig,
  "loss" | "realLabel" | "conditional" | "average" | "learningRate" | "discriminatorRate"
>;

function recipeFrom(settings: DcganSettings): Recipe {
  const { loss, realLabel, conditional, average, learningRate } = settings;
  return { loss, realLabel, conditional, average, learningRate, discriminatorRate: learningRate };
}

/** Ways to train. */
export const RECIPES = {
  default: recipeFrom(DEFAULT_SETTINGS),
  plain: recipeFrom(PLAIN_SETTINGS),
  wasserstein: { ...recipeFrom(DEFAULT_SETTINGS), loss: "wasserstein", realLabel: 1 },
} as const satisfies Record<string, Recipe>;

export type RecipeName = keyof typeof RECIPES;
export const RECIPE_NAMES = Object.keys(RECIPES) as RecipeName[];

/** Channels of both networks, by name. */
export const WIDTHS = {
  narrow: { channels: [16, 8] },
  medium: { channels: [32, 16] },
  wide: { channels: [64, 32] },
  widest: { channels: [128, 64] },
} as const satisfies Record<string, Pick<RunConfig, "channels">>;

/** `wanted`, and what suits the adapter where nothing is wanted. */
export function completeConfig(wanted: WantedConfig, isSoftware = false): RunConfig {
  const sizes = isSoftware ? { batchSize: 16, pictureCount: 1000 } : { batchSize: 64, pictureCount: 6000 };
  const rest = { source: GENERATED, discriminatorRate: DEFAULT_SETTINGS.learningRate };
  const config = { ...DEFAULT_SETTINGS, ...rest, ...sizes, ...wanted };
  // The page has no last step: rates stay where they are put.
  return { ...config, finalLearningRate: config.learningRate };
}

/** The choices that a checkpoint was made with; one of the command line has no source. */
export function configOf(settings: DcganSettings): RunConfig {
  const { source, pictureCount, discriminatorRate } = settings as Partial<RunConfig>;
  return completeConfig({
    ...settings,
    source: isSource(source) ? source : GENERATED,
    ...(isWithin(pictureCount, 1, MOST_PICTURES) ? { pictureCount } : { pictureCount: 6000 }),
    discriminatorRate: discriminatorRate ?? settings.learningRate,
  });
}

/** The recipe that `config` follows, whatever its rates. */
export function recipeOf(config: RunConfig): RecipeName | undefined {
  const names = ["loss", "realLabel", "conditional", "average"] as const;
  return RECIPE_NAMES.find((recipe) => names.every((name) => RECIPES[recipe][name] === config[name]));
}

/** The name of a width; undefined where `config` has one of its own. */
export function widthOf({ channels }: Pick<RunConfig, "channels">): string | undefined {
  return Object.entries(WIDTHS).find(([, own]) => own.channels.join() === channels.join())?.[0];
}

/** The hash of a link to `config`. */
export function linkOf(config: RunConfig): string {
  return `${keyOf(config)}&rates=${config.learningRate}_${config.discriminatorRate}`;
}

/** What a saved run is found by: all but what may change while it runs. */
export function keyOf(config: RunConfig): string {
  const { source, pictureCount, size, latentSize, channels, conditional } = config;
  const { loss, realLabel, average, batchSize, betas, seed } = config;
  const values = new URLSearchParams({
    v: String(LINK_VERSION),
    pictures: source.kind === "generated" ? `generated_${pictureCount}` : `file_${source.fingerprint}`,
    size: String(size),
    latents: String(latentSize),
    channels: channels.join("_"),
    told: conditional ? "yes" : "no",
    loss,
    real: String(realLabel),
    average: String(average),
    batch: String(batchSize),
    betas: betas.join("_"),
    seed: String(seed),
  });
  if (source.kind === "files") values.set("name", source.name);
  return values.toString();
}

/**
 * What a link carries, or what is wrong with it. An empty hash carries nothing; what no setting can be is left out, but
 * for a batch that is too small, of which the visitor is told.
 */
export function readLink(hash: string): ReadLink<RunConfig> {
  const given = valuesOfLink(hash, LINK_VERSION);
  if (given === undefined) return { wanted: {} };
  if ("fault" in given) return given;
  const parts = (name: string) => (given.get(name) ?? "").split("_");
  const [learningRate, discriminatorRate] = parts("rates").map(numberOf);
  const [kind, detail] = parts("pictures");
  const read = {
    source: readSource(kind, detail, given.get("name")),
    pictureCount: kind === "generated" ? within(numberOf(detail), 1, MOST_PICTURES) : undefined,
    size: PICTURE_SIZES.find((size) => String(size) === given.get("size")),
    latentSize: within(numberOf(given.get("latents")), 1, LARGEST_LATENT),
    channels: pairOf(parts("channels"), 1, MOST_CHANNELS),
    conditional: ({ yes: true, no: false } as Record<string, boolean>)[given.get("told") ?? ""],
    loss: LOSS_NAMES.find((name) => name === given.get("loss")),
    realLabel: numberOf(given.get("real")),
    average: numberOf(given.get("average")),
    batchSize: within(numberOf(given.get("batch")), 1, LARGEST_BATCH),
    betas: pairOf(parts("betas"), 0, 1, { isWhole: false }),
    seed: numberOf(given.get("seed")),
    learningRate,
    discriminatorRate,
  };
  const entries = Object.entries(read).filter(([name, value]) => {
    if (value === undefined) return false;
    const fault = settingsFault({ ...DEFAULT_SETTINGS, [name]: value } as DcganSettings);
    return fault === undefined || name === "batchSize";
  });
  return { wanted: Object.fromEntries(entries) };
}

function readSource(
  kind: string,
  fingerprint: string | undefined,
  name: string | null,
): PictureSource | undefined {
  if (kind === "generated") return GENERATED;
  if (kind !== "file" || !fingerprint || name === null) return undefined;
  return { kind: "files", name, fingerprint };
}

function isSource(value: unknown): value is PictureSource {
  if (typeof value !== "object" || value === null) return false;
  const { kind, name, fingerprint } = value as Partial<Record<string, unknown>>;
  return (
    kind === "generated" ||
    (kind === "files" && [name, fingerprint].every((text) => typeof text === "string"))
  );
}

function numberOf(text: string | null | undefined): number | undefined {
  const value = text === null || text === undefined || text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function within(value: number | undefined, least: number, most: number): number | undefined {
  return isWithin(value, least, most) ? value : undefined;
}

function isWithin(value: number | undefined, least: number, most: number): value is number {
  return value !== undefined && Number.isInteger(value) && value >= least && value <= most;
}

function pairOf(
  parts: readonly string[],
  least: number,
  most: number,
  { isWhole = true } = {},
): [number, number] | undefined {
  const [first, second, ...more] = parts.map(numberOf);
  if (first === undefined || second === undefined || more.length > 0) return undefined;
  const isAllowed = (value: number) =>
    isWhole ? isWithin(value, least, most) : value >= least && value < most;
  return isAllowed(first) && isAllowed(second) ? [first, second] : undefined;
}
