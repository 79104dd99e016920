// What a run of the DCGAN is made of, and what each setting may be. Plain data: scripts read it without a browser.

export const LOSS_NAMES = ["nonSaturating", "minimax", "leastSquares", "wasserstein"] as const;
export type LossName = (typeof LOSS_NAMES)[number];

export const PICTURE_SIZES = [28, 32] as const;
export type PictureSize = (typeof PICTURE_SIZES)[number];

export const CLASSES = 10;

export interface DcganSettings {
  /** Pixels a side; pictures of 28 are set into the middle of 32. */
  readonly size: PictureSize;
  /** Numbers that a picture is made of. */
  readonly latentSize: number;
  /** Of the hidden pictures, from the smallest to the largest. */
  readonly channels: readonly [number, number];
  /** Whether both networks are told which digit a picture shows. */
  readonly conditional: boolean;
  readonly loss: LossName;
  /** What the discriminator is to say of real pictures, where 1 would be certainty. */
  readonly realLabel: number;
  /** The share that the averaged generator keeps of itself at each step; 0 for none. Samples are the average's. */
  readonly average: number;
  readonly batchSize: number;
  readonly steps: number;
  readonly learningRate: number;
  /** The rate at the last step; it falls in half a cosine over the second half of the steps. */
  readonly finalLearningRate: number;
  /** The discriminator's, where it is not the generator's; it falls by as much. */
  readonly discriminatorRate?: number;
  readonly betas: readonly [number, number];
  readonly seed: number;
}

/** What the paper does, with labels smoothed on one side. */
export const PLAIN_SETTINGS: DcganSettings = {
  size: 28,
  latentSize: 64,
  channels: [32, 16],
  conditional: false,
  loss: "nonSaturating",
  realLabel: 0.9,
  average: 0,
  batchSize: 64,
  steps: 600,
  learningRate: 1e-3,
  finalLearningRate: 1e-3,
  betas: [0.5, 0.999],
  seed: 1,
};

/** The same networks, told the digits, trained faster, and averaged. */
export const DEFAULT_SETTINGS: DcganSettings = {
  ...PLAIN_SETTINGS,
  conditional: true,
  average: 0.98,
  learningRate: 2e-3,
  finalLearningRate: 2e-3,
};

/** The learning rate at step `step` (from 0). */
export function learningRateAt(step: number, settings: DcganSettings): number {
  const { learningRate, finalLearningRate, steps } = settings;
  const half = steps / 2;
  if (step < half) return learningRate;
  const share = Math.min(1, (step - half) / Math.max(1, steps - 1 - half));
  return finalLearningRate + (learningRate - finalLearningRate) * 0.5 * (1 + Math.cos(Math.PI * share));
}

/** What is wrong with a setting, and what is allowed; undefined where nothing is. */
export function settingsFault(settings: DcganSettings): string | undefined {
  const { size, loss, channels, realLabel, average, betas } = settings;
  const say = (name: string, value: unknown, allowed: string) =>
    `settings: ${name} is ${value}; it must be ${allowed}.`;
  if (!PICTURE_SIZES.includes(size)) return say("size", size, PICTURE_SIZES.join(" or "));
  if (!LOSS_NAMES.includes(loss)) return say("loss", loss, `one of ${LOSS_NAMES.join(", ")}`);
  const { latentSize, batchSize, steps, seed } = settings;
  const whole = { latentSize, "channels[0]": channels[0], "channels[1]": channels[1], batchSize, steps };
  for (const [name, value] of Object.entries(whole)) {
    if (!Number.isSafeInteger(value) || value < 1) return say(name, value, "a whole number from 1");
  }
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    return say("seed", seed, "a whole number from 0 to 4294967295");
  }
  if (batchSize < 2)
    return say("batchSize", batchSize, "at least 2, as batch norm compares pictures of a batch");
  const { learningRate, finalLearningRate, discriminatorRate = learningRate } = settings;
  for (const [name, value] of Object.entries({ learningRate, finalLearningRate, discriminatorRate })) {
    if (!(value > 0 && Number.isFinite(value))) return say(name, value, "a number above 0");
  }
  if (!(realLabel > 0 && realLabel <= 1)) return say("realLabel", realLabel, "above 0 and at most 1");
  for (const [name, value] of Object.entries({ average, "betas[0]": betas[0], "betas[1]": betas[1] })) {
    if (!(value >= 0 && value < 1)) return say(name, value, "from 0 and below 1");
  }
  return undefined;
}
