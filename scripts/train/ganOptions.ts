// The command line of training a GAN of digits.

import {
  type DcganSettings,
  DEFAULT_SETTINGS,
  LOSS_NAMES,
  PICTURE_SIZES,
  PLAIN_SETTINGS,
} from "../../demos/gan/settings.ts";
import { between, flagValues, positive, whole } from "./commandLine.ts";

/** What the user asked for. */
export interface DcganOptions {
  /** A folder with MNIST files; undefined for generated digits. */
  readonly data: string | undefined;
  /** Digits to generate. */
  readonly count: number;
  /** A folder with a checkpoint to go on from. */
  readonly resume: string | undefined;
  readonly settings: DcganSettings;
  /** Those of `settings` that were given, for a run that goes on with the others of its checkpoint. */
  readonly given: Partial<DcganSettings>;
  readonly out: string;
  readonly json: string | undefined;
}

const recipes: ReadonlyMap<string, DcganSettings> = new Map([
  ["default", DEFAULT_SETTINGS],
  ["plain", PLAIN_SETTINGS],
]);

export const dcganUsage = `  --kind dcgan    a DCGAN draws handwritten digits:

  --data DIR      folder with MNIST files (train-images-idx3-ubyte, train-labels-idx1-ubyte, or t10k-…; .gz allowed), all
                  of which train; without it, digits are generated
  --count N       digits to generate (default 10000)
  --recipe NAME   default, or plain, which is the paper's with smoothed labels: what is not given below
  --size N        pixels a side, ${PICTURE_SIZES.join(" or ")} (default 28); pictures of 28 are framed for 32
  --latent N      numbers that a picture is made of (default 64)
  --channels A,B  of the hidden pictures, the smaller picture's first (default 32,16)
  --loss NAME     ${LOSS_NAMES.join(", ")} (with a gradient penalty)
  --smooth X      what real pictures are to be called, above 0 and at most 1 (default 0.9)
  --steps N       steps, each an update of both networks (default 600)
  --lr X          learning rate of Adam (default ${DEFAULT_SETTINGS.learningRate}; plain ${PLAIN_SETTINGS.learningRate})
  --batch N       pictures in a batch (default 64)
  --seed N        (default 1)
  --out DIR       receives generator.safetensors, discriminator.safetensors, training.safetensors, config.json, and sheets
                  of samples, samples-<step>.png (default runs/gan)
  --resume        goes on from the checkpoint in --out; settings that are not given are the checkpoint's
  --json FILE     receives losses, speed, scores and plan as JSON`;

const flags = [
  "data",
  "count",
  "recipe",
  "size",
  "latent",
  "channels",
  "loss",
  "smooth",
  "steps",
  "lr",
  "batch",
  "seed",
  "out",
  "json",
];

/** What may be another when a run goes on; sizes may not. */
const keyOfFlag: Readonly<Record<string, keyof DcganSettings>> = {
  loss: "loss",
  smooth: "realLabel",
  steps: "steps",
  lr: "learningRate",
  batch: "batchSize",
};

/** Reads the arguments behind the task, but for the kind. Throws an error of one line for what cannot be meant. */
export function parseDcganOptions(args: readonly string[]): DcganOptions {
  const isResumed = args.includes("--resume");
  const values = flagValues(
    args.filter((argument) => argument !== "--resume"),
    flags,
  );
  if (values.has("data") && values.has("count")) {
    throw new Error("--count is given with --data; it is for generated digits only.");
  }
  const base = recipes.get(values.get("recipe") ?? "default");
  if (base === undefined) {
    throw new Error(`--recipe is "${values.get("recipe")}"; it must be ${[...recipes.keys()].join(" or ")}.`);
  }
  const learningRate = positive(values, "lr", base.learningRate);
  const settings: DcganSettings = {
    ...base,
    size: oneOf(values, "size", PICTURE_SIZES, base.size),
    latentSize: whole(values, "latent", base.latentSize, 1),
    channels: channelsIn(values) ?? base.channels,
    loss: oneOf(values, "loss", LOSS_NAMES, base.loss),
    realLabel: between(values, "smooth", base.realLabel, 0, 1),
    steps: whole(values, "steps", base.steps, 1),
    learningRate,
    finalLearningRate: (learningRate * base.finalLearningRate) / base.learningRate,
    batchSize: whole(values, "batch", base.batchSize, 1),
    seed: whole(values, "seed", base.seed, 0, 2 ** 32 - 1),
  };
  const keys = Object.entries(keyOfFlag).filter(([flag]) => values.has(flag));
  const given = Object.fromEntries(keys.map(([, key]) => [key, settings[key]])) as Partial<DcganSettings>;
  const rates = values.has("lr") ? { finalLearningRate: settings.finalLearningRate } : {};
  const out = values.get("out") ?? "runs/gan";
  return {
    data: values.get("data"),
    count: whole(values, "count", 10_000, 2),
    resume: isResumed ? out : undefined,
    settings,
    given: { ...given, ...rates },
    out,
    json: values.get("json"),
  };
}

function oneOf<Choice extends string | number>(
  values: ReadonlyMap<string, string>,
  flag: string,
  choices: readonly Choice[],
  fallback: Choice,
): Choice {
  const text = values.get(flag);
  if (text === undefined) return fallback;
  const found = choices.find((choice) => String(choice) === text);
  if (found !== undefined) return found;
  throw new Error(`--${flag} is "${text}"; it must be one of ${choices.join(", ")}.`);
}

function channelsIn(values: ReadonlyMap<string, string>): readonly [number, number] | undefined {
  const text = values.get("channels");
  if (text === undefined) return undefined;
  const match = /^([1-9]\d{0,3}),([1-9]\d{0,3})$/.exec(text);
  if (match !== null) return [Number(match[1]), Number(match[2])];
  throw new Error(`--channels is "${text}"; it must be two whole numbers from 1 to 9999, such as 32,16.`);
}
