// What a run of the 2-D GAN is made of, and what each setting may be. Plain data: scripts read it without a browser.

import { DISTRIBUTION_NAMES, type DistributionName } from "./distributions.ts";

export const LOSS_NAMES = ["minimax", "nonSaturating", "leastSquares", "wasserstein"] as const;
export type LossName = (typeof LOSS_NAMES)[number];

/** What keeps the discriminator smooth: nothing, slopes near 1 between real and generated, or small slopes at real points. */
export const PENALTY_NAMES = ["none", "gradientPenalty", "r1"] as const;
export type PenaltyName = (typeof PENALTY_NAMES)[number];

export const LATENT_NAMES = ["uniform", "normal"] as const;
export type LatentName = (typeof LATENT_NAMES)[number];

export const OPTIMIZER_NAMES = ["adam", "sgd"] as const;
export type OptimizerName = (typeof OPTIMIZER_NAMES)[number];

export const ACTIVATION_NAMES = ["tanh", "relu", "leakyRelu"] as const;
export type ActivationName = (typeof ACTIVATION_NAMES)[number];

/** Hidden layers of one network: how many, how wide, and what stands behind each. */
export interface NetworkSizes {
  readonly layers: number;
  readonly width: number;
  readonly activation: ActivationName;
}

export interface GanSettings {
  readonly distribution: DistributionName;
  /** What the visitor drew, where that is the distribution; see drawing.ts. */
  readonly drawing: string;
  readonly loss: LossName;
  readonly penalty: PenaltyName;
  /** What the penalty is multiplied by. */
  readonly penaltyWeight: number;
  readonly latent: LatentName;
  readonly latentSize: 1 | 2;
  readonly generator: NetworkSizes;
  readonly discriminator: NetworkSizes;
  /** Updates of each in one step. */
  readonly generatorSteps: number;
  readonly discriminatorSteps: number;
  readonly optimizer: OptimizerName;
  readonly generatorRate: number;
  readonly discriminatorRate: number;
  /** Real points, and generated ones, in a batch. */
  readonly batchSize: number;
  readonly seed: number;
}

/** Covers a ring of eight in 1,600 steps, with more than four fifths of the points where they belong. */
export const DEFAULT_SETTINGS: GanSettings = {
  distribution: "ring",
  drawing: "",
  loss: "nonSaturating",
  penalty: "r1",
  penaltyWeight: 0.01,
  latent: "normal",
  latentSize: 2,
  generator: { layers: 2, width: 32, activation: "relu" },
  discriminator: { layers: 2, width: 32, activation: "leakyRelu" },
  generatorSteps: 1,
  discriminatorSteps: 1,
  optimizer: "adam",
  generatorRate: 2e-3,
  discriminatorRate: 4e-3,
  batchSize: 128,
  seed: 1,
};

export const LARGEST_SEED = 2 ** 32 - 1;

/** Which whole numbers a setting may be. */
export const WHOLE_RANGES = {
  latentSize: [1, 2],
  generatorSteps: [1, 10],
  discriminatorSteps: [1, 10],
  batchSize: [2, 4096],
  seed: [0, LARGEST_SEED],
} as const;
export const SIZE_RANGES = { layers: [1, 6], width: [2, 512] } as const;
/** Rates and weights lie in these. */
export const RATE_RANGE = [1e-7, 10] as const;
export const WEIGHT_RANGE = [0, 1000] as const;

/** What is wrong with a setting, and what is allowed; undefined where nothing is. */
export function settingsFault(settings: GanSettings): string | undefined {
  const lists = {
    distribution: DISTRIBUTION_NAMES,
    loss: LOSS_NAMES,
    penalty: PENALTY_NAMES,
    latent: LATENT_NAMES,
    optimizer: OPTIMIZER_NAMES,
  } as const;
  for (const [name, list] of Object.entries(lists) as [keyof typeof lists, readonly string[]][]) {
    if (!list.includes(settings[name])) return fault(name, settings[name], `one of ${list.join(", ")}`);
  }
  for (const [name, range] of Object.entries(WHOLE_RANGES) as [keyof typeof WHOLE_RANGES, Range][]) {
    if (!isWhole(settings[name], range)) return fault(name, settings[name], wholeText(range));
  }
  for (const network of ["generator", "discriminator"] as const) {
    const sizes = settings[network];
    for (const name of ["layers", "width"] as const) {
      const range = SIZE_RANGES[name];
      if (!isWhole(sizes[name], range)) return fault(`${network}.${name}`, sizes[name], wholeText(range));
    }
    if (!ACTIVATION_NAMES.includes(sizes.activation)) {
      return fault(`${network}.activation`, sizes.activation, `one of ${ACTIVATION_NAMES.join(", ")}`);
    }
  }
  const numbers = {
    penaltyWeight: WEIGHT_RANGE,
    generatorRate: RATE_RANGE,
    discriminatorRate: RATE_RANGE,
  } as const;
  for (const [name, [least, most]] of Object.entries(numbers) as [keyof typeof numbers, Range][]) {
    const value = settings[name];
    if (!(value >= least && value <= most)) return fault(name, value, `a number from ${least} to ${most}`);
  }
  return undefined;
}

type Range = readonly [least: number, most: number];

function isWhole(value: number, [least, most]: Range): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function wholeText([least, most]: Range): string {
  return `a whole number from ${least} to ${most}`;
}

function fault(name: string, value: string | number, allowed: string): string {
  return `settings: ${name} is ${value}; it must be ${allowed}.`;
}
