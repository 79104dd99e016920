// The settings: what the visitor chose, in the controls and in the address.
//
// Decides: how controls become settings, which of them need a new start, and when the address changes. Leaves to the page
// what its settings are, and what a link looks like.

import { chooseOption, find, setText } from "./elements.ts";
import type { ReadLink } from "./links.ts";

/** What the page's settings are. */
export interface SettingsSpec<Config extends object> {
  /**
   * Settings that have a control, which has the setting's name as its id: a list, a field for numbers, a box, or a
   * slider; a slider of the class "log" stands for the exponent of ten.
   */
  readonly fields: readonly (keyof Config & string)[];
  /** Those of `fields` that take effect at once. */
  readonly live: readonly (keyof Config & string)[];
  /** Choices by name for several settings at once; the list with the id `id` offers them. */
  readonly presets?: readonly PresetList<Config>[];
  complete(wanted: Partial<Config>): Config;
  linkOf(config: Config): string;
  readLink(hash: string): ReadLink<Config>;
  /** What else changes with a choice. */
  follow?(change: Partial<Config>, config: Config): Partial<Config>;
  /** Controls of the page's own show a run's settings. */
  show?(config: Config): void;
}

export interface PresetList<Config> {
  readonly id: string;
  readonly choices: Readonly<Record<string, Partial<Config>>>;
  /** The choice that `config` follows; undefined where it is one of its own. */
  nameOf(config: Config): string | undefined;
}

export interface SettingsListener<Config> {
  /** A run must begin anew. */
  onRestart(): void;
  /** Takes effect at the next step. */
  onLive(change: Partial<Config>): void;
  /** The address was changed to another link. */
  onLink(): void;
}

/** The settings form and the seed box. */
export class SettingsForm<Config extends object> {
  private readonly spec: SettingsSpec<Config>;
  private readonly listener: SettingsListener<Config>;
  private chosen: Partial<Config> = {};
  /** What the shown run is made of. */
  private shown: Config | undefined;

  constructor(spec: SettingsSpec<Config>, listener: SettingsListener<Config>) {
    this.spec = spec;
    this.listener = listener;
    for (const name of spec.fields) this.bind(name);
    for (const { id, choices } of spec.presets ?? []) {
      const list = find(`#${id}`, HTMLSelectElement);
      list.addEventListener("change", () => this.change(choices[list.value] ?? {}));
    }
    find("#controls", HTMLFormElement).addEventListener("submit", (event) => event.preventDefault());
    addEventListener("hashchange", () => listener.onLink());
  }

  /** What the visitor chose; what is left out suits the adapter. */
  get wanted(): Partial<Config> {
    return this.chosen;
  }

  /** Takes the choices of the address. Gives what is wrong with it; empty where nothing is. */
  readAddress(): string {
    const link = this.spec.readLink(location.hash);
    if ("fault" in link) {
      this.chosen = {};
      return link.fault;
    }
    this.chosen = link.wanted;
    return "";
  }

  /** Shows what the visitor chose, and what is usual where nothing was, until there is a run. */
  showWanted(): void {
    if (this.shown === undefined) this.showControls(this.spec.complete(this.chosen));
  }

  /** Chooses what a file was made with. */
  choose(change: Partial<Config>): void {
    this.chosen = { ...this.chosen, ...change };
  }

  /** Chooses something that needs a new start. */
  change(change: Partial<Config>): void {
    const { spec } = this;
    const followed = spec.follow?.(change, spec.complete({ ...this.chosen, ...change })) ?? {};
    this.choose({ ...followed, ...change });
    this.listener.onRestart();
  }

  /** Chooses something that takes effect at once. */
  changeLive(change: Partial<Config>): void {
    this.choose(change);
    this.listener.onLive(change);
    this.writeAddress();
  }

  /** What was chosen of the live settings, which may be while a run gets ready. */
  get live(): Partial<Config> {
    const entries = this.spec.live.map((name) => [name, this.chosen[name]] as const);
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Partial<Config>;
  }

  /** Shows what a run is made of, in the controls and in the address. */
  showRun(config: Config): void {
    this.shown = config;
    this.chosen = config;
    this.showControls(config);
    this.writeAddress();
  }

  /** Shows settings in the controls alone. */
  showControls(config: Config): void {
    const { spec } = this;
    for (const name of spec.fields) showValue(controlOf(name), config[name]);
    for (const { id, nameOf } of spec.presets ?? []) {
      find(`#${id}`, HTMLSelectElement).value = nameOf(config) ?? "";
    }
    spec.show?.(config);
  }

  private bind(name: keyof Config & string): void {
    const control = controlOf(name);
    const isLive = this.spec.live.includes(name);
    const take = () => {
      if (!control.reportValidity()) return;
      const change = { [name]: readValue(control) } as Partial<Config>;
      if (isLive) {
        showOutput(control);
        this.changeLive(change);
      } else this.change(change);
    };
    control.addEventListener(isLive ? "input" : "change", take);
  }

  /** The address becomes a link to the run that is shown. */
  private writeAddress(): void {
    if (this.shown === undefined) return;
    const { spec } = this;
    this.shown = { ...this.shown, ...this.live };
    history.replaceState(null, "", `#${spec.linkOf(this.shown)}`);
  }
}

type Control = HTMLInputElement | HTMLSelectElement;

function controlOf(name: string): Control {
  const found = document.getElementById(name);
  if (found instanceof HTMLInputElement || found instanceof HTMLSelectElement) return found;
  throw new Error(`#${name}: the page has no such field.`);
}

function isLogarithmic(control: Control): boolean {
  return control.classList.contains("log");
}

/** Numbers are numbers, also in lists; all else is text, or whether a box is checked. */
function readValue(control: Control): number | string | boolean {
  if (control.type === "checkbox" && control instanceof HTMLInputElement) return control.checked;
  const value = Number(control.value);
  if (control.value.trim() === "" || !Number.isFinite(value)) return control.value;
  return isLogarithmic(control) ? Number((10 ** value).toPrecision(2)) : value;
}

function showValue(control: Control, value: unknown): void {
  if (control instanceof HTMLSelectElement) chooseOption(control, value as string | number);
  else if (control.type === "checkbox") control.checked = value === true;
  else if (control.type === "range") {
    const place = isLogarithmic(control) ? Math.log10(Number(value)) : Number(value);
    // Where the slider already says so it is not moved under the visitor's finger.
    if (!(Math.abs(Number(control.value) - place) <= Number(control.step) / 2)) control.value = String(place);
  } else control.value = String(value);
  showOutput(control, value);
}

function showOutput(control: Control, value: unknown = readValue(control)): void {
  const output = document.getElementById(`${control.id}-value`);
  if (output !== null) setText(output, String(value));
}
