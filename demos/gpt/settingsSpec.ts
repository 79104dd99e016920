// The controls of this page: which settings they stand for, and the list of texts, to which the visitor's own are added.

import { find } from "../_shell/elements.ts";
import type { SettingsForm, SettingsSpec } from "../_shell/settingsForm.ts";
import {
  completeConfig,
  LIVE_SETTINGS,
  linkOf,
  PRESETS,
  presetOf,
  type RunConfig,
  readLink,
  readText,
  type TextChoice,
  textName,
} from "./runConfig.ts";

/** What a task decides for itself. */
const textFields = ["context", "vocabulary"] as const;

/** What the visitor can choose. `form` is there once one of the page's own controls is used. */
export function settingsSpec(form: () => SettingsForm<RunConfig>): SettingsSpec<RunConfig> {
  const list = find("#text", HTMLSelectElement);
  list.addEventListener("change", () => {
    const text = readText(list.value);
    if (text !== undefined) form().change({ text });
  });
  return {
    fields: [
      "seed",
      "learningRate",
      "vocabulary",
      "layers",
      "heads",
      "width",
      "context",
      "batchSize",
      "dropout",
    ],
    live: LIVE_SETTINGS,
    presets: [{ id: "preset", choices: PRESETS, nameOf: presetOf }],
    // Which adapter there is, the page does not know before a run is there.
    complete: (wanted) => completeConfig(wanted, false),
    linkOf,
    readLink,
    show({ text }) {
      chooseText(list, text);
      for (const name of textFields) find(`#${name}`, HTMLSelectElement).disabled = text.kind === "task";
    },
  };
}

/** Settings in words, as runs are told apart by. */
export function labelsOf(config: RunConfig): Record<string, string> {
  const { text, vocabulary } = config;
  const ofText = {
    tokens: vocabulary === 0 ? "characters" : `${vocabulary} byte pairs`,
    context: String(config.context),
  };
  return {
    text: nameOfText(text),
    ...(text.kind === "task" ? {} : ofText),
    layers: String(config.layers),
    heads: String(config.heads),
    width: String(config.width),
    batch: String(config.batchSize),
    dropout: String(config.dropout),
    rate: String(config.learningRate),
    seed: String(config.seed),
  };
}

function nameOfText(text: TextChoice): string {
  if (text.kind === "corpus") return "this page’s";
  return text.kind === "task" ? text.task : text.name;
}

function chooseText(list: HTMLSelectElement, text: TextChoice): void {
  const value = textName(text);
  if (text.kind === "file" && ![...list.options].some((option) => option.value === value)) {
    list.add(new Option(text.name, value));
  }
  list.value = value;
}
