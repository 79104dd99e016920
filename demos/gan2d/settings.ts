// The controls of this page: which settings they stand for, and those that are more than a list.

import { chooseOption, find } from "../_shell/elements.ts";
import type { SettingsForm, SettingsSpec } from "../_shell/settingsForm.ts";
import { DistributionPicker } from "./distributionPicker.ts";
import { DotPad } from "./dotPad.ts";
import type { NetworkSizes } from "./ganSettings.ts";
import {
  completeConfig,
  LIVE_SETTINGS,
  linkOf,
  RECIPES,
  type RunConfig,
  readLink,
  recipeOf,
} from "./runConfig.ts";

const networks = ["generator", "discriminator"] as const;
const networkParts = ["layers", "width", "activation"] as const;
/** The weight that a penalty begins with. */
const USUAL_WEIGHTS = { none: 0, r1: 0.01, gradientPenalty: 1 } as const;

const latents = {
  "normal-2": { latent: "normal", latentSize: 2 },
  "normal-1": { latent: "normal", latentSize: 1 },
  "uniform-2": { latent: "uniform", latentSize: 2 },
  "uniform-1": { latent: "uniform", latentSize: 1 },
} as const;

/** What the visitor can choose. `form` is there once one of the page's own controls is used. */
export function settingsSpec(form: () => SettingsForm<RunConfig>): SettingsSpec<RunConfig> {
  const picker = new DistributionPicker((distribution) => form().change({ distribution }));
  const pad = new DotPad((drawing) => form().changeLive({ drawing }));
  for (const network of networks) {
    for (const part of networkParts) {
      listOf(`${network}-${part}`).addEventListener("change", () => {
        form().change({ [network]: sizesOf(network) });
      });
    }
  }
  return {
    fields: [
      "seed",
      "loss",
      "penalty",
      "penaltyWeight",
      "optimizer",
      "generatorSteps",
      "discriminatorSteps",
      "batchSize",
      "generatorRate",
      "discriminatorRate",
    ],
    live: LIVE_SETTINGS,
    presets: [
      { id: "recipe", choices: RECIPES, nameOf: recipeOf },
      { id: "latent", choices: latents, nameOf: ({ latent, latentSize }) => `${latent}-${latentSize}` },
    ],
    complete: completeConfig,
    linkOf,
    readLink,
    follow: usualWeight,
    show(config) {
      for (const network of networks) {
        for (const part of networkParts) chooseOption(listOf(`${network}-${part}`), config[network][part]);
      }
      picker.choose(config.distribution);
      find("#drawing", HTMLElement).hidden = config.distribution !== "drawn";
      pad.put(config.drawing);
    },
  };
}

/** Settings in words, as runs are told apart by. */
export function labelsOf(config: RunConfig): Record<string, string> {
  const { generator, discriminator } = config;
  const network = ({ layers, width, activation }: NetworkSizes) => `${layers} x ${width} ${activation}`;
  return {
    shape: config.distribution,
    loss: config.loss,
    penalty: config.penalty === "none" ? "none" : `${config.penalty} ${config.penaltyWeight}`,
    D: network(discriminator),
    G: network(generator),
    turns: `${config.discriminatorSteps}:${config.generatorSteps}`,
    latent: `${config.latent} ${config.latentSize}`,
    optimizer: config.optimizer,
    "D rate": String(config.discriminatorRate),
    "G rate": String(config.generatorRate),
    batch: String(config.batchSize),
    seed: String(config.seed),
  };
}

function listOf(id: string): HTMLSelectElement {
  return find(`#${id}`, HTMLSelectElement);
}

function sizesOf(network: (typeof networks)[number]): NetworkSizes {
  const value = (part: (typeof networkParts)[number]) => listOf(`${network}-${part}`).value;
  return {
    layers: Number(value("layers")),
    width: Number(value("width")),
    activation: value("activation") as NetworkSizes["activation"],
  };
}

/** A penalty comes with the weight that suits it, and Wasserstein's loss with its penalty. */
function usualWeight(change: Partial<RunConfig>): Partial<RunConfig> {
  if (change.penaltyWeight !== undefined) return {};
  const penalty = change.loss === "wasserstein" ? "gradientPenalty" : change.penalty;
  return penalty === undefined ? {} : { penalty, penaltyWeight: USUAL_WEIGHTS[penalty] };
}
