// Timing what plans could choose, and keeping the results by adapter, browser and build. Loaded only where tuning is on.
//
// Decides: what is worth a trial, what is kept and under which key. A result that was found in this page is used by the
// next engine, or where `engine.tune()` asks for it. What is kept is only ever a name: an entry that is stale, broken or
// wrong makes a kernel slower at worst, never a result wrong.

import { buildId } from "../base/buildId.ts";
import type { Plan } from "../compile/plan.ts";
import { type Trial, trialsOf } from "../compile/trials.ts";
import type { Graph } from "../graph/graph.ts";
import { KEEP_DEFAULT } from "../kernels/choice.ts";
import type { OpenDevice } from "../runtime/openDevice.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { type Clock, Tuner } from "../runtime/tuner.ts";
import { digest, type PlanStore } from "./planCache.ts";
import { openPlanStore } from "./planStores.ts";
import { isNames } from "./tuning.ts";

/** Raised whenever a candidate's name, or a key, comes to mean another launch. */
const FORMAT = 1;

/** Times candidates for the classes of shapes that its plans have and that nobody timed yet. */
export class BackgroundTuning {
  /** Names by key: what was kept, and what was found since. */
  readonly found: Record<string, string>;
  private readonly runtime: Runtime;
  private readonly store: PlanStore;
  private readonly storeKey: string;
  private readonly tuner: Tuner;
  private readonly considered = new WeakSet<Plan>();

  /** `clock` stands in for the device's, for tests. */
  constructor(runtime: Runtime, store: PlanStore, clock?: Clock) {
    this.runtime = runtime;
    this.store = store;
    this.storeKey = tuningKey(runtime.open);
    this.found = readNames(store, this.storeKey);
    this.tuner = new Tuner(runtime, (trial, name) => this.keep(trial, name), clock);
  }

  /** Times in the background what `plan`, which was just called, could choose. */
  consider({ plan, graph }: { readonly plan: Plan; readonly graph: Graph }): void {
    if (this.considered.has(plan)) return;
    this.considered.add(plan);
    const isKnown = (key: string) => Object.hasOwn(this.found, key);
    const isOpen = plan.dispatches.some(({ choice }) => choice !== undefined && !isKnown(choice.key));
    if (isOpen) this.tuner.add(trialsOf(graph, this.runtime.open.profile, isKnown));
  }

  /** Resolves once nothing is left to be timed. */
  finished(): Promise<void> {
    return this.tuner.finished();
  }

  stop(): void {
    this.tuner.stop();
  }

  private keep({ key, candidates }: Trial, name: string): void {
    // Where the default is the fastest for these sizes, each of the class keeps its own.
    this.found[key] = name === candidates[0].name ? KEEP_DEFAULT : name;
    try {
      this.store.set(this.storeKey, JSON.stringify(this.found));
    } catch {
      // A store that is full, or not to be written to, keeps nothing.
    }
  }
}

/** Tuning with results kept in `store`, or else in the page's IndexedDB. */
export async function openBackgroundTuning(runtime: Runtime, store?: PlanStore): Promise<BackgroundTuning> {
  return new BackgroundTuning(runtime, store ?? (await openPlanStore("tilegrad-tuning")));
}

/** What times depend on beside the class of shapes: this build, the browser, the adapter and the kind of kernels. */
export function tuningKey({ adapter, profile }: Pick<OpenDevice, "adapter" | "profile">): string {
  const { vendor, architecture, description } = adapter;
  const browser = globalThis.navigator?.userAgent ?? "";
  const parts = [FORMAT, buildId, browser, vendor, architecture, description, profile.kind];
  return `tuning-${digest(parts.join("\n"))}`;
}

/** The names under `key`; none where what stands there is not what was written, or cannot be read. */
function readNames(store: PlanStore, key: string): Record<string, string> {
  try {
    const names: unknown = JSON.parse(store.get(key) ?? "{}");
    return isNames(names) ? { ...names } : {};
  } catch {
    return {};
  }
}
