// The command line of training a 2-D GAN.

import { DISTRIBUTION_NAMES } from "../../demos/gan2d/distributions.ts";
import {
  DEFAULT_SETTINGS,
  type GanSettings,
  LATENT_NAMES,
  LOSS_NAMES,
  OPTIMIZER_NAMES,
  PENALTY_NAMES,
} from "../../demos/gan2d/ganSettings.ts";
import { RECIPE_NAMES, RECIPES } from "../../demos/gan2d/runConfig.ts";
import { between, flagValues, positive, whole } from "./commandLine.ts";

/** What the user asked for. */
export interface Gan2dOptions {
  readonly settings: GanSettings;
  /** Those of `settings` that were given, for a run that goes on with the others of its checkpoint. */
  readonly given: Partial<GanSettings>;
  readonly steps: number;
  /** A folder with a checkpoint to go on from. */
  readonly resume: string | undefined;
  readonly out: string;
  readonly json: string | undefined;
}

/** A drawing needs a page to draw on. */
const distributions = DISTRIBUTION_NAMES.filter((name) => name !== "drawn");

export const gan2dUsage = `  --kind gan2d    two small networks, one of which learns to make points like those of a distribution:

  --distribution NAME   ${distributions.join(", ")} (default ring)
  --recipe NAME   ${RECIPE_NAMES.join(", ")}: what is not given below (default steady)
  --loss NAME     ${LOSS_NAMES.join(", ")}
  --penalty NAME  ${PENALTY_NAMES.join(", ")}
  --weight X      what the penalty is multiplied by
  --latent NAME   ${LATENT_NAMES.join(", ")} (default normal)
  --latents N     1 or 2 (default 2)
  --layers N      hidden layers of each network (default 2)
  --width N       their width (default 32)
  --optimizer NAME  ${OPTIMIZER_NAMES.join(", ")} (default adam)
  --steps N       steps (default 1600)
  --turns N       updates of the discriminator in each step
  --lr X          the generator's rate (default 0.002); the discriminator's is twice that
  --batch N       points in a batch (default 128)
  --seed N        (default 1)
  --out DIR       receives generator.safetensors, discriminator.safetensors, training.safetensors, config.json, and
                  pictures of real and generated points, points-<step>.png (default runs/gan2d)
  --resume        goes on from the checkpoint in --out; settings that are not given are the checkpoint's
  --json FILE     receives losses, speed, scores and plan as JSON`;

const flags = [
  "distribution",
  "recipe",
  "loss",
  "penalty",
  "weight",
  "latent",
  "latents",
  "layers",
  "width",
  "optimizer",
  "steps",
  "turns",
  "lr",
  "batch",
  "seed",
  "out",
  "json",
];

/** What may be another when a run goes on; sizes and distribution may not. */
const keysOfFlag: Readonly<Record<string, readonly (keyof GanSettings)[]>> = {
  loss: ["loss"],
  penalty: ["penalty"],
  weight: ["penaltyWeight"],
  turns: ["discriminatorSteps"],
  lr: ["generatorRate", "discriminatorRate"],
  batch: ["batchSize"],
};

/** Reads the arguments behind the task and kind. Throws an error of one line for what cannot be meant. */
export function parseGan2dOptions(args: readonly string[]): Gan2dOptions {
  const isResumed = args.includes("--resume");
  const values = flagValues(
    args.filter((argument) => argument !== "--resume"),
    flags,
  );
  const base: GanSettings = {
    ...DEFAULT_SETTINGS,
    ...RECIPES[oneOf(values, "recipe", RECIPE_NAMES, "steady")],
  };
  const hidden = {
    layers: whole(values, "layers", base.generator.layers, 1, 6),
    width: whole(values, "width", base.generator.width, 2, 512),
  };
  const generatorRate = positive(values, "lr", base.generatorRate);
  const settings: GanSettings = {
    ...base,
    distribution: oneOf(values, "distribution", distributions, base.distribution),
    loss: oneOf(values, "loss", LOSS_NAMES, base.loss),
    penalty: oneOf(values, "penalty", PENALTY_NAMES, base.penalty),
    penaltyWeight: between(values, "weight", base.penaltyWeight, 0, 1000),
    latent: oneOf(values, "latent", LATENT_NAMES, base.latent),
    latentSize: whole(values, "latents", base.latentSize, 1, 2) === 1 ? 1 : 2,
    generator: { ...base.generator, ...hidden },
    discriminator: { ...base.discriminator, ...hidden },
    optimizer: oneOf(values, "optimizer", OPTIMIZER_NAMES, base.optimizer),
    discriminatorSteps: whole(values, "turns", base.discriminatorSteps, 1, 10),
    generatorRate,
    discriminatorRate: values.has("lr") ? 2 * generatorRate : base.discriminatorRate,
    batchSize: whole(values, "batch", base.batchSize, 2, 4096),
    seed: whole(values, "seed", base.seed, 0, 2 ** 32 - 1),
  };
  const keys = Object.entries(keysOfFlag).flatMap(([flag, names]) => (values.has(flag) ? names : []));
  const out = values.get("out") ?? "runs/gan2d";
  return {
    settings,
    given: Object.fromEntries(keys.map((key) => [key, settings[key]])),
    steps: whole(values, "steps", 1600, 1),
    resume: isResumed ? out : undefined,
    out,
    json: values.get("json"),
  };
}

function oneOf<T extends string>(
  values: ReadonlyMap<string, string>,
  flag: string,
  allowed: readonly T[],
  fallback: T,
): T {
  const text = values.get(flag);
  if (text === undefined) return fallback;
  const found = allowed.find((name) => name === text);
  if (found === undefined)
    throw new Error(`--${flag} is "${text}"; it must be one of ${allowed.join(", ")}.`);
  return found;
}
