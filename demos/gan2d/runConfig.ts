// What the page chooses for a run: recipes by name, and the link that carries a choice.
//
// Decides: the format of share links (settings and drawn dots, never weights) and which saved run a link means. Plain
// data: page and worker share it.

import { type ReadLink, valuesOfLink } from "../_shell/links.ts";
import { DISTRIBUTION_NAMES } from "./distributions.ts";
import { decodeDots } from "./drawing.ts";
import {
  ACTIVATION_NAMES,
  DEFAULT_SETTINGS,
  type GanSettings,
  LATENT_NAMES,
  LOSS_NAMES,
  type NetworkSizes,
  OPTIMIZER_NAMES,
  PENALTY_NAMES,
  settingsFault,
} from "./ganSettings.ts";

export type RunConfig = GanSettings;
/** What the visitor chose; what is left out is as by default. */
export type WantedConfig = Partial<RunConfig>;
/** What may change while a run goes on. */
export const LIVE_SETTINGS = ["generatorRate", "discriminatorRate", "drawing"] as const;

export const LINK_VERSION = 1;

type Recipe = Pick<
  RunConfig,
  | "loss"
  | "penalty"
  | "penaltyWeight"
  | "generatorSteps"
  | "discriminatorSteps"
  | "optimizer"
  | "generatorRate"
  | "discriminatorRate"
>;

const byDefault: Recipe = {
  loss: DEFAULT_SETTINGS.loss,
  penalty: DEFAULT_SETTINGS.penalty,
  penaltyWeight: DEFAULT_SETTINGS.penaltyWeight,
  generatorSteps: 1,
  discriminatorSteps: 1,
  optimizer: "adam",
  generatorRate: DEFAULT_SETTINGS.generatorRate,
  discriminatorRate: DEFAULT_SETTINGS.discriminatorRate,
};

/** Ways to train, each with what it is known for. */
export const RECIPES = {
  steady: byDefault,
  original: { ...byDefault, loss: "minimax", penalty: "none", penaltyWeight: 0 },
  leastSquares: { ...byDefault, loss: "leastSquares" },
  wasserstein: {
    ...byDefault,
    loss: "wasserstein",
    penalty: "gradientPenalty",
    penaltyWeight: 1,
    discriminatorSteps: 3,
  },
  collapse: {
    ...byDefault,
    penalty: "none",
    penaltyWeight: 0,
    generatorSteps: 5,
    generatorRate: 5e-3,
    discriminatorRate: 1e-3,
  },
} as const satisfies Record<string, Recipe>;

export type RecipeName = keyof typeof RECIPES;
export const RECIPE_NAMES = Object.keys(RECIPES) as RecipeName[];

export function completeConfig(wanted: WantedConfig): RunConfig {
  return { ...DEFAULT_SETTINGS, ...wanted };
}

/** The recipe that `config` follows, whatever its rates. */
export function recipeOf(config: RunConfig): RecipeName | undefined {
  const names = [
    "loss",
    "penalty",
    "penaltyWeight",
    "generatorSteps",
    "discriminatorSteps",
    "optimizer",
  ] as const;
  return RECIPE_NAMES.find((recipe) => names.every((name) => RECIPES[recipe][name] === config[name]));
}

/** The hash of a link to `config`. */
export function linkOf(config: RunConfig): string {
  const { drawing, generatorRate, discriminatorRate } = config;
  const dots = config.distribution === "drawn" ? `&dots=${drawing}` : "";
  return `${keyOf(config)}${dots}&rates=${generatorRate}_${discriminatorRate}`;
}

/** What a saved run is found by: all but what may change while it runs. */
export function keyOf(config: RunConfig): string {
  const { distribution, loss, penalty, penaltyWeight, latent, latentSize, optimizer } = config;
  const values = new URLSearchParams({
    v: String(LINK_VERSION),
    data: distribution,
    loss,
    penalty: `${penalty}_${penaltyWeight}`,
    latent: `${latent}_${latentSize}`,
    generator: networkText(config.generator),
    discriminator: networkText(config.discriminator),
    turns: `${config.generatorSteps}_${config.discriminatorSteps}`,
    optimizer,
    batch: String(config.batchSize),
    seed: String(config.seed),
  });
  return values.toString();
}

/** What a link carries, or what is wrong with it. An empty hash carries nothing; what no setting can be is left out. */
export function readLink(hash: string): ReadLink<RunConfig> {
  const given = valuesOfLink(hash, LINK_VERSION);
  if (given === undefined) return { wanted: {} };
  if ("fault" in given) return given;
  const parts = (name: string) => (given.get(name) ?? "").split("_");
  const [penalty, penaltyWeight] = parts("penalty");
  const [latent, latentSize] = parts("latent");
  const [generatorSteps, discriminatorSteps] = parts("turns");
  const [generatorRate, discriminatorRate] = parts("rates");
  const drawing = given.get("dots") ?? undefined;
  const read = {
    distribution: oneOf(DISTRIBUTION_NAMES, given.get("data")),
    drawing: drawing !== undefined && decodeDots(drawing) !== undefined ? drawing : undefined,
    loss: oneOf(LOSS_NAMES, given.get("loss")),
    penalty: oneOf(PENALTY_NAMES, penalty),
    penaltyWeight: number(penaltyWeight),
    latent: oneOf(LATENT_NAMES, latent),
    latentSize: number(latentSize),
    generator: readNetwork(given.get("generator")),
    discriminator: readNetwork(given.get("discriminator")),
    generatorSteps: number(generatorSteps),
    discriminatorSteps: number(discriminatorSteps),
    optimizer: oneOf(OPTIMIZER_NAMES, given.get("optimizer")),
    batchSize: number(given.get("batch")),
    seed: number(given.get("seed")),
    generatorRate: number(generatorRate),
    discriminatorRate: number(discriminatorRate),
  };
  const entries = Object.entries(read).filter(([name, value]) => {
    return (
      value !== undefined &&
      settingsFault({ ...DEFAULT_SETTINGS, [name]: value } as GanSettings) === undefined
    );
  });
  return { wanted: Object.fromEntries(entries) };
}

function networkText({ layers, width, activation }: NetworkSizes): string {
  return `${layers}_${width}_${activation}`;
}

function readNetwork(text: string | null): NetworkSizes | undefined {
  const [layers, width, name] = (text ?? "").split("_");
  const activation = oneOf(ACTIVATION_NAMES, name);
  const sizes = { layers: number(layers), width: number(width) };
  if (sizes.layers === undefined || sizes.width === undefined || activation === undefined) return undefined;
  return { layers: sizes.layers, width: sizes.width, activation };
}

function oneOf<T extends string>(list: readonly T[], text: string | null | undefined): T | undefined {
  return list.find((known) => known === text);
}

function number(text: string | null | undefined): number | undefined {
  const value = text === null || text === undefined || text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}
