// Plans that outlive the page: a function that was compiled before is traced again, but not planned again.
//
// Decides: what a plan depends on, and when a kept one may be used. The trace says what is computed, so nothing has to
// be named or matched by the user; a plan is used only where that, the device, the build and the version agree to the
// letter and the bytes are as they were written. Anything else is planned anew and written over. Leaves to others: where
// plans are kept (planStores.ts), and pipelines, which browsers keep by themselves.

import { buildId } from "../base/buildId.ts";
import type { Plan } from "../compile/plan.ts";
import { type Graph, printGraph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import type { DeviceProfile } from "../kernels/kernel.ts";

/** Where plans are kept, as text by short keys. A Map will do. */
export interface PlanStore {
  get(key: string): string | undefined;
  set(key: string, text: string): unknown;
}

/** A plan, and whether it was there already. */
export interface FoundPlan {
  readonly plan: Plan;
  readonly isFromCache: boolean;
}

/** Raised whenever a plan's data changes its meaning. */
const FORMAT = 1;
/** Sources that are run unbuilt may change from one load to the next: their plans are good for this load only. */
const unbuilt = `unbuilt ${Date.now()} ${Math.random()}`;

/** Plans of compiled functions, for `init({ planCache })`. */
export class PlanCache {
  private readonly store: PlanStore;
  private readonly version: string;

  /**
   * `version`: what plans depend on beside this library, the function and the device: another one for each change of
   * kernels of your own. Sources of the library that are run without having been built keep plans only with a version.
   */
  constructor(store: PlanStore, version = "") {
    this.store = store;
    this.version = version;
  }

  /** The kept plan for `graph` on `device`, or the one that `make` makes, which is kept then. Not for users. */
  planFor(graph: Graph, device: DeviceProfile, make: () => Plan): FoundPlan {
    const wanted = this.describe(graph, device);
    const key = digest(wanted);
    const known = readPlan(this.store.get(key), wanted);
    if (known !== undefined) return { plan: known, isFromCache: true };
    const plan = make();
    try {
      this.store.set(key, writePlan(plan, wanted));
    } catch {
      // A store that is full, or not to be written to, keeps nothing.
    }
    return { plan, isFromCache: false };
  }

  /** All that a plan depends on, as text. */
  private describe(graph: Graph, device: DeviceProfile): string {
    const build = buildId || (this.version === "" ? unbuilt : "");
    const records = new Map(graph.nodes.map((node) => [node.op, node]));
    const ops = [...records.values()].map((node) => digest(sourceOf(node, device)));
    return [FORMAT, build, this.version, JSON.stringify(device), ...ops, printGraph(graph)].join("\n");
  }
}

/** What can be seen of how an op is written: two of one name may differ. */
function sourceOf(node: Node, device: DeviceProfile): string {
  const own = JSON.stringify(node.op, (_key, value: unknown) =>
    typeof value === "function" ? String(value) : value,
  );
  return own + kernelOf(node, device);
}

function kernelOf({ op, inputs, attrs }: Node, device: DeviceProfile): string {
  if (op.kind !== "kernel") return "";
  try {
    return op.dispatch(inputs, attrs, device).kernel.source;
  } catch {
    return ""; // one that only its expansion launches
  }
}

function writePlan(plan: Plan, wanted: string): string {
  const body = `${wanted.length}\n${wanted}${JSON.stringify({ ...plan, uniforms: [...plan.uniforms] })}`;
  return `${digest(body)}\n${body}`;
}

/** The plan in `text`; undefined unless all of it is as it was written, for `wanted`. */
function readPlan(text: string | undefined, wanted: string): Plan | undefined {
  if (text === undefined) return undefined;
  const [checksum, length] = text.split("\n", 2);
  const body = text.slice(checksum.length + 1);
  const start = `${length}\n${wanted}`;
  if (!body.startsWith(start) || Number(length) !== wanted.length || digest(body) !== checksum)
    return undefined;
  const plan = JSON.parse(body.slice(start.length));
  return { ...plan, uniforms: Uint8Array.from(plan.uniforms) };
}

/** 64 bits of `text`, in hexadecimal: two sums over all characters, mixed differently. */
export function digest(text: string): string {
  let a = 0x243f6a88; // digits of pi
  let b = 0x85a308d3;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193); // FNV's prime
    b = Math.imul((b << 5) ^ (b >>> 27) ^ code, 0x9e3779b1); // the golden ratio's
  }
  const mixed = [a ^ (b >>> 15), b ^ Math.imul(a ^ (a >>> 16), 0x9e3779b1)];
  return mixed.map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
}
