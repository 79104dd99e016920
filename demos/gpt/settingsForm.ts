// The settings: what the visitor chose, in the controls and in the address.
//
// Decides: which choices need a new start. Leaves to runConfig.ts what a link looks like.

import { chooseOption, find, setText } from "../shared/elements.ts";
import {
  linkOf,
  PRESETS,
  type PresetName,
  presetOf,
  type RunConfig,
  readLink,
  readText,
  type TextChoice,
  textName,
  type WantedConfig,
} from "./runConfig.ts";

export interface SettingsListener {
  /** A run must begin anew. */
  onRestart(): void;
  onLearningRate(value: number): void;
  /** The address was changed to another link. */
  onLink(): void;
}

/** Selects whose values are whole numbers. */
const numberFields = ["layers", "heads", "width", "context", "batchSize", "vocabulary", "dropout"] as const;
/** What a task decides for itself. */
const textFields = ["context", "vocabulary"] as const;

/** The settings form and the seed box. */
export class SettingsForm {
  private readonly seed = find("#seed", HTMLInputElement);
  private readonly rate = find("#rate", HTMLInputElement);
  private readonly text = find("#text", HTMLSelectElement);
  private readonly preset = find("#preset", HTMLSelectElement);
  private chosen: WantedConfig = {};

  constructor(listener: SettingsListener) {
    this.rate.addEventListener("input", () => {
      const learningRate = Number((10 ** Number(this.rate.value)).toPrecision(2));
      this.chosen = { ...this.chosen, learningRate };
      this.showRate();
      listener.onLearningRate(learningRate);
    });
    this.rate.addEventListener("change", () => this.writeAddress());
    const restart = (change: WantedConfig) => {
      this.chosen = { ...this.chosen, ...change };
      listener.onRestart();
    };
    this.seed.addEventListener("change", () => {
      if (this.seed.reportValidity()) restart({ seed: Number(this.seed.value) });
    });
    this.preset.addEventListener("change", () => restart(PRESETS[this.preset.value as PresetName]));
    this.text.addEventListener("change", () => restart({ text: readText(this.text.value) }));
    for (const name of numberFields) {
      const list = fieldOf(name);
      list.addEventListener("change", () => restart({ [name]: Number(list.value) }));
    }
    find("#controls", HTMLFormElement).addEventListener("submit", (event) => event.preventDefault());
    addEventListener("hashchange", () => listener.onLink());
  }

  get wanted(): WantedConfig {
    return this.chosen;
  }

  get learningRate(): number | undefined {
    return this.chosen.learningRate;
  }

  /** Takes the choices of the address. Gives what is wrong with it; empty where nothing is. */
  readAddress(): string {
    const link = readLink(location.hash);
    if ("fault" in link) {
      this.chosen = {};
      return link.fault;
    }
    this.chosen = link.wanted;
    return "";
  }

  /** Shows what a run is made of, in the controls and in the address. */
  showConfig(config: RunConfig): void {
    this.chosen = config;
    this.addText(config.text);
    this.seed.value = String(config.seed);
    this.text.value = textName(config.text);
    for (const name of numberFields) chooseOption(fieldOf(name), config[name]);
    for (const name of textFields) fieldOf(name).disabled = config.text.kind === "task";
    this.preset.value = presetOf(config) ?? "";
    this.showRate();
    this.writeAddress();
  }

  /** Chooses a text. */
  chooseText(text: TextChoice): void {
    this.addText(text);
    this.text.value = textName(text);
    this.chosen = { ...this.chosen, text };
  }

  /** Chooses all that a model was made with. */
  choose(config: RunConfig): void {
    this.chosen = config;
  }

  private addText(text: TextChoice): void {
    if (text.kind !== "file") return;
    const value = textName(text);
    if (![...this.text.options].some((option) => option.value === value)) {
      this.text.add(new Option(text.name, value));
    }
  }

  private showRate(): void {
    const { learningRate } = this.chosen;
    if (learningRate === undefined) return;
    // Where the slider already says so it is not moved under the visitor's finger.
    const place = Math.log10(learningRate);
    if (Math.abs(Number(this.rate.value) - place) > 0.02) this.rate.value = String(place);
    setText(find("#rate-value", HTMLElement), String(learningRate));
  }

  /** The address becomes a link to this very run. */
  private writeAddress(): void {
    const { chosen } = this;
    if (isComplete(chosen)) history.replaceState(null, "", `#${linkOf(chosen)}`);
  }
}

function isComplete(config: WantedConfig): config is RunConfig {
  const names = [...numberFields, "text", "seed", "learningRate"] as const;
  return names.every((name) => config[name] !== undefined);
}

function fieldOf(name: (typeof numberFields)[number]): HTMLSelectElement {
  return find(`#${name}`, HTMLSelectElement);
}
