// Which choices an engine makes its plans with: shipped ones, those timed on this device at an earlier time, or frozen
// ones; and whether it times what is not known yet.
//
// Decides: when tuning is on, and that its code is loaded only then. Within an engine's life the choices stay as they
// were at its beginning unless the user asks otherwise: the same seed goes on to give the same bits.

import { UsageError } from "../base/errors.ts";
import type { ChoiceNames, ChoiceTable } from "../kernels/choice.ts";
import { shippedChoices } from "../kernels/shippedChoices.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { BackgroundTuning } from "./backgroundTuning.ts";
import type { PlanStore } from "./planCache.ts";

/** What may be said of tuning beside yes and no. */
export interface TuneOptions {
  /** Frozen: these choices and no others, and nothing is timed. What `engine.tuning()` gave. */
  readonly choices?: ChoiceNames;
  /** Where results are kept. Default: the page's IndexedDB "tilegrad-tuning". In Node `planFolder(folder)`, else nowhere. */
  readonly store?: PlanStore;
}

/** Whether, and how, kernels are chosen by timing them. */
export type Tune = boolean | TuneOptions;

/** An engine's choices, and who times others. */
export interface Tuning {
  readonly choices: ChoiceTable;
  readonly background?: BackgroundTuning;
}

/** What an engine is made with. Throws UsageError for choices that are none. */
export async function openTuning(tune: Tune | undefined, runtime: Runtime): Promise<Tuning> {
  const { adapter, isOwn } = runtime.open;
  const options = typeof tune === "object" ? tune : {};
  if (options.choices !== undefined) return { choices: tableOf(requireNames(options.choices), "frozen") };
  const shipped = tableOf(shippedChoices(adapter.vendor, adapter.architecture), "shipped");
  // A software adapter's times depend on what else its processor does; a device of the caller's has its own plans.
  if (tune === false || (tune === undefined && (adapter.isSoftware || !isOwn))) return { choices: shipped };
  // A page that cannot load it, because it was deployed anew or is offline, does without.
  const loaded = await import("./backgroundTuning.ts").catch(() => undefined);
  if (loaded === undefined) return { choices: shipped };
  const background = await loaded.openBackgroundTuning(runtime, options.store);
  return { choices: { ...shipped, ...tableOf(background.found, "tuned") }, background };
}

/** `names` as plans are made with them. */
export function tableOf(names: ChoiceNames, from: ChoiceTable[string]["from"]): ChoiceTable {
  return Object.fromEntries(Object.entries(names).map(([key, name]) => [key, { name, from }]));
}

/** The names in `table`. */
export function namesOf(table: ChoiceTable): Record<string, string> {
  return Object.fromEntries(Object.entries(table).map(([key, { name }]) => [key, name]));
}

function requireNames(choices: unknown): ChoiceNames {
  if (isNames(choices)) return choices;
  throw new UsageError(
    `init: tune.choices is ${JSON.stringify(choices)}; it must be an object of names, as engine.tuning() gives it.`,
  );
}

/** Whether `value` is an object of strings. */
export function isNames(value: unknown): value is ChoiceNames {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((name) => typeof name === "string");
}
