// The engine: one device, the plans made for it, and the tensors that live on it.
//
// Decides: when lazy work runs (at a read, and before something it needs goes away), what a run keeps, and the life of
// buffers behind nodes. Leaves tracing to trace.ts and the GPU to runtime/.

import { assertPresent } from "../base/assert.ts";
import { UsageError } from "../base/errors.ts";
import { compileGraph } from "../compile/compileGraph.ts";
import { makeGraph, printGraph, reachable, type Update } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { inputNode } from "../graph/source.ts";
import { substitute } from "../graph/substitute.ts";
import type { ChoiceTable } from "../kernels/choice.ts";
import type { DeviceProfile } from "../kernels/kernel.ts";
import { type AdapterDescription, type DeviceOptions, openDevice } from "../runtime/openDevice.ts";
import type { ProfileEntry } from "../runtime/profiler.ts";
import { type PreparedPlan, Runtime } from "../runtime/runtime.ts";
import type { MemoryReport, Storage } from "../runtime/storage.ts";
import type { BackgroundTuning } from "./backgroundTuning.ts";
import type { PlanCache } from "./planCache.ts";
import type { Tensor } from "./tensor.ts";
import type { Trace } from "./trace.ts";
import { namesOf, openTuning, type Tune, type Tuning, tableOf } from "./tuning.ts";

/** How an engine is made. */
export interface EngineOptions extends DeviceOptions {
  /** Keeps the plans of compiled functions for the next time the page is loaded: `await openPlanCache()`. */
  readonly planCache?: PlanCache;
  /**
   * Whether kernels are chosen by timing them on this device, in the background and once for each class of shapes, for
   * the next time an engine is made here. Default: on a GPU whose device is the engine's own. `false`: nothing is timed
   * or looked up.
   */
  readonly tune?: Tune;
}

/** What `memory()` tells. */
export interface EngineMemory extends MemoryReport {
  /** Tensors that hold a buffer or wait for one. */
  readonly liveTensors: number;
}

/** Plans kept for lazy work, by the structure of the graph. */
const MAX_CACHED_PLANS = 512;

/** A device and everything on it. Made by `init` or `createEngine`. */
export class Engine {
  readonly runtime: Runtime;
  readonly planCache: PlanCache | undefined;
  /** Set where candidates are timed. */
  readonly background: BackgroundTuning | undefined;
  /** The trace that is being recorded, if any. */
  trace: Trace | undefined;
  /** Counts reads: what survives one is taken to be long-lived. */
  epoch = 0;
  private readonly plans = new Map<string, PreparedPlan>();
  private readonly storages = new WeakMap<Node, Storage>();
  /** Computed nodes whose value stands in a buffer by now, and the leaf for it. */
  private readonly settled = new WeakMap<Node, Node>();
  private readonly handles = new WeakMap<Node, WeakRef<Tensor>>();
  private readonly lazy = new Set<WeakRef<Tensor>>();
  private readonly collected: FinalizationRegistry<Storage>;
  private sources = 0;
  private choices: ChoiceTable;

  constructor(runtime: Runtime, planCache?: PlanCache, { choices, background }: Tuning = { choices: {} }) {
    this.runtime = runtime;
    this.planCache = planCache;
    this.choices = choices;
    this.background = background;
    this.collected = new FinalizationRegistry((storage) => {
      this.sources -= 1;
      storage.release();
    });
  }

  get device(): GPUDevice {
    return this.runtime.open.device;
  }

  get adapter(): AdapterDescription {
    return this.runtime.open.adapter;
  }

  get deviceProfile(): DeviceProfile {
    const { profile } = this.runtime.open;
    return Object.keys(this.choices).length === 0 ? profile : { ...profile, choices: this.choices };
  }

  /**
   * What is chosen for which class of shapes: what plans of this engine are made with, and what was timed since. Given as
   * `init({ tune: { choices } })` it is frozen: plans, and so the bits of their results, are then the same wherever the
   * device is.
   */
  tuning(): Record<string, string> {
    return { ...namesOf(this.choices), ...this.background?.found };
  }

  /**
   * Waits until what the plans so far could choose is timed, and lets plans made from now on use it; those made before
   * stay what they are. Without it that is left to the next engine, so that within a page the same seed gives the same
   * bits. Throws UsageError where nothing is timed.
   */
  async tune(): Promise<void> {
    if (this.background === undefined) {
      throw new UsageError(
        "tune: this engine times nothing; make it with init({ tune: true }) or on a GPU of its own.",
      );
    }
    await this.background.finished();
    this.choices = { ...this.choices, ...tableOf(this.background.found, "tuned") };
  }

  /** Live, peak and pooled bytes, live tensors, and the largest buffers. */
  memory(): EngineMemory {
    return { ...this.runtime.pool.report(), liveTensors: this.sources };
  }

  /** GPU time of each dispatch that `body` causes. Throws UsageError without timestamp-query. */
  profile(body: () => Promise<void>): Promise<ProfileEntry[]> {
    return this.runtime.profile(body);
  }

  /** Resolves once no call waits for the GPU; awaiting it now and then keeps a long loop from queueing up. */
  hasRoom(): Promise<void> {
    return this.runtime.hasRoom();
  }

  /** Ends all work. Pending and later calls fail with DeviceError. */
  destroy(): void {
    this.background?.stop();
    this.runtime.destroy();
  }

  /** A leaf for `storage`, which is released when nothing refers to the leaf any more. */
  addSource(storage: Storage, shape: readonly number[], dtype: Node["dtype"], name?: string): Node {
    const node = inputNode(shape, dtype, name);
    this.storages.set(node, storage);
    this.collected.register(node, storage, node);
    this.sources += 1;
    return node;
  }

  /** Gives the buffer behind a leaf back now. Lazy work that needs it runs first. */
  removeSource(node: Node): void {
    const storage = this.storageOf(node);
    this.settleDependents([node]);
    this.collected.unregister(node);
    this.storages.delete(node);
    this.sources -= 1;
    storage.release();
  }

  storageOf(node: Node): Storage {
    return assertPresent(this.storages.get(node), "the storage of a leaf");
  }

  /** The leaf that holds the value of `node`, if there is one yet. */
  leafOf(node: Node): Node | undefined {
    return this.storages.has(node) ? node : this.settled.get(node);
  }

  /** Remembers a tensor whose value is not computed yet. */
  addLazy(tensor: Tensor, node: Node): void {
    const handle = new WeakRef(tensor);
    this.handles.set(node, handle);
    this.lazy.add(handle);
  }

  /** Computes `nodes` (and what else is worth keeping) and gives a leaf for each. */
  settle(nodes: readonly Node[]): Node[] {
    const wanted = nodes.filter((node) => this.leafOf(node) === undefined);
    if (wanted.length > 0) this.run(this.worthKeeping(wanted), []);
    return nodes.map((node) => assertPresent(this.leafOf(node), "a value that was just computed"));
  }

  /** Computes every lazy value that needs one of `leaves`: comes before their values change or go away. */
  settleDependents(leaves: readonly Node[]): void {
    const changing = new Set(leaves);
    const isSettled = (node: Node) => this.leafOf(node) !== undefined && !changing.has(node);
    const dependents = this.liveLazy()
      .map((tensor) => tensor.currentNode)
      .filter((node) => reachable([node], isSettled).some((below) => changing.has(below)));
    if (dependents.length > 0) this.settle(dependents);
  }

  /** Makes `updates` now, all in one plan. */
  update(updates: readonly Update[]): void {
    this.settleDependents(updates.map(({ target }) => target));
    this.run([], updates);
  }

  /** The plan for a graph of leaves, made once for each structure. */
  private planFor(
    outputs: readonly Node[],
    updates: readonly Update[],
  ): { prepared: PreparedPlan; inputs: Storage[] } {
    const replaced = substitute([...outputs, ...updates.map(({ value }) => value)], (node) =>
      this.settled.get(node),
    );
    const graph = makeGraph(
      replaced.slice(0, outputs.length),
      updates.map(({ target }, index) => ({ target, value: replaced[outputs.length + index] })),
    );
    const key = printGraph(graph);
    const known = this.plans.get(key);
    const prepared = known ?? this.runtime.prepare(compileGraph(graph, this.deviceProfile));
    this.plans.delete(key);
    this.plans.set(key, prepared);
    for (const [oldest, { uniforms }] of this.plans) {
      if (this.plans.size <= MAX_CACHED_PLANS) break;
      this.plans.delete(oldest);
      uniforms.destroy();
    }
    const inputs = graph.inputs.map((node) => {
      const storage = this.storages.get(node);
      if (storage === undefined) {
        throw new UsageError(
          "read: the value depends on an argument of a compiled function that has returned; return it from the function instead.",
        );
      }
      return storage;
    });
    return { prepared, inputs };
  }

  private run(nodes: readonly Node[], updates: readonly Update[]): void {
    this.runtime.requireDevice();
    const { prepared, inputs } = this.planFor(nodes, updates);
    const storages = this.runtime.runOnce(prepared, inputs, nodes[0]?.op.name ?? "update");
    nodes.forEach((node, index) => {
      this.settled.set(node, this.addSource(storages[index], node.shape, node.dtype, node.origin));
    });
    this.epoch += 1;
  }

  /** `wanted`, and the values below them whose tensors have lived through an earlier read and so will likely be used again. */
  private worthKeeping(wanted: readonly Node[]): Node[] {
    const result = new Set(wanted);
    for (const node of reachable(wanted, (known) => this.leafOf(known) !== undefined)) {
      const tensor = this.handles.get(node)?.deref();
      if (tensor !== undefined && !tensor.isDisposed && tensor.epoch < this.epoch) result.add(node);
    }
    return [...result];
  }

  private liveLazy(): Tensor[] {
    const live: Tensor[] = [];
    for (const handle of this.lazy) {
      const tensor = handle.deref();
      if (tensor === undefined || tensor.isDisposed || this.leafOf(tensor.currentNode) !== undefined) {
        this.lazy.delete(handle);
      } else live.push(tensor);
    }
    return live;
  }
}

let current: Engine | undefined;

/** A new engine, independent of any other. Throws DeviceError where there is no device. */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  const runtime = new Runtime(await openDevice(options));
  return new Engine(runtime, options.planCache, await openTuning(options.tune, runtime));
}

/**
 * Makes the engine that everything uses which names none. Throws DeviceError that says why where there is no device.
 * A second call replaces the engine; tensors of the old one cannot be mixed with new ones.
 */
export async function init(options: EngineOptions = {}): Promise<Engine> {
  current = await createEngine(options);
  return current;
}

/** The engine that `init` made. Throws UsageError before that. */
export function requireEngine(op: string): Engine {
  if (current === undefined) {
    throw new UsageError(`${op}: there is no engine yet; call and await init() first.`);
  }
  return current;
}

/** Live, peak and pooled bytes, live tensors and the largest buffers of the engine that `init` made. */
export function memory(): EngineMemory {
  return requireEngine("memory").memory();
}
