// The controls of this page: which settings they stand for, and the choice of pictures.

import { find, setText } from "../_shell/elements.ts";
import type { SettingsForm, SettingsSpec } from "../_shell/settingsForm.ts";
import {
  completeConfig,
  GENERATED,
  LIVE_SETTINGS,
  linkOf,
  type PictureSource,
  RECIPES,
  type RunConfig,
  readLink,
  recipeOf,
  WIDTHS,
  widthOf,
} from "./runConfig.ts";

/** What the visitor can choose. `form` is there once one of the page's own controls is used. */
export function settingsSpec(form: () => SettingsForm<RunConfig>): SettingsSpec<RunConfig> {
  const generated = find("#source-generated", HTMLInputElement);
  const files = find("#source-files", HTMLInputElement);
  let ownFiles: PictureSource | undefined;
  generated.addEventListener("change", () => form().change({ source: GENERATED }));
  files.addEventListener("change", () => {
    if (ownFiles !== undefined) form().change({ source: ownFiles });
  });
  return {
    fields: [
      "seed",
      "pictureCount",
      "size",
      "latentSize",
      "loss",
      "realLabel",
      "conditional",
      "average",
      "batchSize",
      "learningRate",
      "discriminatorRate",
    ],
    live: LIVE_SETTINGS,
    presets: [
      { id: "recipe", choices: RECIPES, nameOf: recipeOf },
      { id: "width", choices: WIDTHS, nameOf: widthOf },
    ],
    complete: completeConfig,
    linkOf,
    readLink,
    show({ source }) {
      if (source.kind === "files") {
        ownFiles = source;
        files.disabled = false;
        setText(find("#source-name", HTMLElement), source.name);
      }
      (source.kind === "files" ? files : generated).checked = true;
      find("#count-field", HTMLElement).hidden = source.kind === "files";
    },
  };
}

/** Settings in words, as runs are told apart by. */
export function labelsOf(config: RunConfig): Record<string, string> {
  const { source, pictureCount } = config;
  return {
    pictures: source.kind === "files" ? source.name : `${pictureCount} digits`,
    size: String(config.size),
    loss: config.loss,
    "real label": String(config.realLabel),
    told: config.conditional ? "class" : "nothing",
    average: String(config.average),
    latents: String(config.latentSize),
    channels: config.channels.join("-"),
    "G rate": String(config.learningRate),
    "D rate": String(config.discriminatorRate),
    batch: String(config.batchSize),
    seed: String(config.seed),
  };
}
