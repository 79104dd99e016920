// compile: a function of tensors is traced once for each signature of its arguments, and replayed as one static plan.

import { DisposedError, UsageError } from "../base/errors.ts";
import { compileGraph } from "../compile/compileGraph.ts";
import { type Plan, type PlanOutput, printPlan } from "../compile/plan.ts";
import { type Graph, makeGraph, printGraph } from "../graph/graph.ts";
import { inputNode } from "../graph/source.ts";
import { reshape, slice } from "../ops/index.ts";
import type { Program } from "../runtime/runtime.ts";
import type { Storage } from "../runtime/storage.ts";
import { strideBytes } from "../runtime/submitSteps.ts";
import { dtypeSizeBytes } from "../tensor/dtype.ts";
import { elementCount } from "../tensor/shape.ts";
import { type Engine, requireEngine } from "./engine.ts";
import { differenceOf, type Flattened, flatten } from "./structure.ts";
import { Tensor } from "./tensor.ts";
import { Trace } from "./trace.ts";

/** How a function is compiled. */
export interface CompileOptions {
  /** Told how many of a new plan's pipelines are ready. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Default: the engine of the arguments, or the one that `init` made. */
  readonly engine?: Engine;
}

/** What the first step had to wait for, in milliseconds; undefined for what has not happened yet. */
export interface StartTimings {
  readonly traceMs: number;
  /** Planning, or looking the plan up. */
  readonly planMs: number;
  readonly isPlanFromCache: boolean;
  /** From the plan to the last of its pipelines. */
  readonly pipelinesMs: number | undefined;
  /** From the first call, once all pipelines were there, to the end of its work on the GPU. */
  readonly firstRunMs: number | undefined;
}

/** A plan and the graph that it came from, for looking at. */
export interface Compiled {
  readonly graph: Graph;
  readonly plan: Plan;
  readonly timings: StartTimings;
  printGraph(): string;
  printPlan(): string;
}

/** A compiled function: called like the one it was made from. */
export interface CompiledFunction<A extends readonly unknown[], R> {
  (...args: A): R;
  /**
   * Calls it once for each of `batches`, the arguments of one call each, in one submit: several steps of training for
   * the price of one. Gives what the calls would, bit for bit, each tensor with a first axis of all calls; what else
   * is returned stays as it is. Numbers that the page itself writes between calls, such as a learning rate, stay the
   * same throughout. Throws UsageError without batches, where they differ in structure, shapes, dtypes or other
   * values, and inside a compiled function.
   */
  many(batches: readonly Readonly<A>[]): R;
  /** What was compiled so far, one entry for each signature. */
  inspect(): readonly Compiled[];
  /** Traces for these arguments and resolves once every pipeline is made. Runs nothing. */
  prepare(...args: A): Promise<void>;
  /** Gives the buffers of all plans back. Calling again compiles again. */
  dispose(): void;
}

interface Entry extends Compiled {
  readonly engine: Engine;
  readonly program: Program;
  /** Tensors from outside, by number of the plan's input; undefined for arguments. */
  readonly captured: readonly (Tensor | undefined)[];
  /** For each input of the plan, which argument it is. */
  readonly argumentOf: readonly (number | undefined)[];
  readonly result: Flattened;
}

/**
 * `body` as a function whose every call is one submit. It is traced at the first call with a new signature (shapes,
 * dtypes and structure of tensors; values of everything else) and must not look at values meanwhile. Tensors that it
 * uses from outside are read anew at each call; what it assigns to them is part of the plan. Calls return at once.
 */
export function compile<A extends readonly Tensor[], R>(
  body: (...args: A) => R,
  options?: CompileOptions,
): CompiledFunction<A, R>;
export function compile<A extends readonly unknown[], R>(
  body: (...args: A) => R,
  options?: CompileOptions,
): CompiledFunction<A, R>;
export function compile<A extends readonly unknown[], R>(
  body: (...args: A) => R,
  options: CompileOptions = {},
): CompiledFunction<A, R> {
  const entries = new Map<string, Entry>();
  const entryFor = (engine: Engine, flat: Flattened): Entry => {
    const known = entries.get(flat.signature);
    if (known !== undefined && !isOutdated(known)) return known;
    if (known !== undefined) engine.runtime.releaseProgram(known.program);
    const entry = build(engine, body, flat, options);
    entries.set(flat.signature, entry);
    return entry;
  };
  const engineFor = (flat: Flattened) =>
    options.engine ?? flat.tensors[0]?.engine ?? requireEngine("compile");
  const call = (...args: A): R => {
    const flat = flatten("compile", args);
    const engine = engineFor(flat);
    if (engine.trace !== undefined) return body(...args);
    const entry = entryFor(engine, flat);
    const tensors = run(engine, entry, [flat]).map((storage, index) => {
      const { shape, dtype } = entry.plan.outputs[index];
      return new Tensor(engine, engine.addSource(storage, shape, dtype));
    });
    return entry.result.rebuild(tensors) as R;
  };
  const many = (batches: readonly Readonly<A>[]): R => {
    const flats = batches.map((batch) => flatten("many", batch));
    requireAlike(batches, flats);
    const engine = engineFor(flats[0]);
    if (engine.trace !== undefined) {
      throw new UsageError(
        "many: a compiled function is being traced; call the function by itself there, once for each batch.",
      );
    }
    const entry = entryFor(engine, flats[0]);
    const tensors = run(engine, entry, flats).map((storage, index) =>
      stacked(engine, storage, batches.length, entry.plan.outputs[index]),
    );
    return entry.result.rebuild(tensors) as R;
  };
  return Object.assign(call, {
    many,
    inspect: () => [...entries.values()],
    async prepare(...args: A) {
      const flat = flatten("compile", args);
      await entryFor(engineFor(flat), flat).program.prepared.ready;
    },
    dispose() {
      for (const { engine, program } of entries.values()) engine.runtime.releaseProgram(program);
      entries.clear();
    },
  });
}

/** Whether a tensor was packed since the plan was made, and so stands in another buffer. */
function isOutdated({ captured }: Entry): boolean {
  return captured.some((tensor) => tensor?.home !== undefined);
}

function build<A extends readonly unknown[], R>(
  engine: Engine,
  body: (...args: A) => R,
  flat: Flattened,
  options: CompileOptions,
): Entry {
  for (const argument of flat.tensors) argument.leaf("compile");
  const trace = new Trace();
  const placeholders = flat.tensors.map(({ shape, dtype }, index) =>
    inputNode(shape, dtype, `argument ${index}`),
  );
  const startMs = performance.now();
  engine.trace = trace;
  let result: Flattened;
  let graph: Graph;
  try {
    const traced = flat.rebuild(placeholders.map((node) => new Tensor(engine, node, trace))) as A;
    const returned = body(...traced);
    if (returned instanceof Promise) {
      throw new UsageError(
        "compile: the function is asynchronous; it must be an ordinary function, which waits for nothing.",
      );
    }
    result = flatten("compile", returned);
    graph = makeGraph(
      result.tensors.map((tensor) => tensor.toNode("compile")),
      trace.updates,
    );
  } finally {
    engine.trace = undefined;
  }
  const tracedMs = performance.now();
  const captured = graph.inputs.map((node) => trace.captured.get(node));
  const argumentOf = graph.inputs.map((node) => {
    const index = placeholders.indexOf(node);
    return index < 0 ? undefined : index;
  });
  const { deviceProfile: device, planCache } = engine;
  const make = () => compileGraph(graph, device);
  const { plan, isFromCache } = planCache?.planFor(graph, device, make) ?? {
    plan: make(),
    isFromCache: false,
  };
  const plannedMs = performance.now();
  const prepared = engine.runtime.prepare(plan, options.onProgress);
  const fixed = graph.inputs.map((node, index) =>
    captured[index] === undefined ? undefined : engine.storageOf(node),
  );
  const program = engine.runtime.createProgram(prepared, fixed);
  const timings = {
    traceMs: tracedMs - startMs,
    planMs: plannedMs - tracedMs,
    isPlanFromCache: isFromCache,
    get pipelinesMs() {
      return prepared.readyMs === undefined ? undefined : prepared.readyMs - plannedMs;
    },
    get firstRunMs() {
      return program.firstRunMs;
    },
  };
  const prints = { printGraph: () => printGraph(graph), printPlan: () => printPlan(plan) };
  return { engine, graph, plan, timings, program, captured, argumentOf, result, ...prints };
}

/** Throws unless there are batches, and all of them can be arguments of one plan. */
function requireAlike(batches: readonly unknown[], flats: readonly Flattened[]): void {
  if (flats.length === 0) {
    throw new UsageError("many: there is no batch; give the arguments of one call at least.");
  }
  const odd = flats.findIndex(({ signature }) => signature !== flats[0].signature);
  if (odd < 0) return;
  const difference = differenceOf("many", batches[0], batches[odd], `batches[${odd}]`);
  throw new UsageError(
    `many: ${difference} as in batches[0]; all batches must have the same structure, shapes, dtypes and other values.`,
  );
}

/** Runs the entry's plan once for each of `calls`. */
function run(engine: Engine, entry: Entry, calls: readonly Flattened[]): Storage[] {
  engine.runtime.requireDevice();
  for (const tensor of entry.captured) {
    if (tensor?.isDisposed) {
      throw new DisposedError(
        `compile: ${tensor.name ?? "a tensor"}, which the function uses, was disposed; keep it for as long as the function is called.`,
      );
    }
  }
  const batches = calls.map(({ tensors }) => {
    const leaves = tensors.map((argument) => argument.leaf("compile"));
    return entry.argumentOf.map((index) =>
      index === undefined ? undefined : engine.storageOf(leaves[index]),
    );
  });
  const storages = engine.runtime.callProgram(entry.program, batches, "result");
  engine.background?.consider(entry);
  return storages;
}

/** The values of `count` steps, one behind the other in `storage`. */
function stacked(engine: Engine, storage: Storage, count: number, output: PlanOutput): Tensor {
  const { shape, dtype } = output;
  const size = elementCount(shape);
  const room = strideBytes(output) / dtypeSizeBytes(dtype);
  const all = new Tensor(
    engine,
    engine.addSource(storage, room === size ? [count, ...shape] : [count, room], dtype),
  );
  // An odd number of f16 elements: each step's value is followed by one that is none.
  return room === size
    ? all
    : reshape(slice(all, { starts: [0, 0], ends: [count, size] }), [count, ...shape]);
}
