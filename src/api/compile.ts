// compile: a function of tensors is traced once for each signature of its arguments, and replayed as one static plan.

import { DisposedError, UsageError } from "../base/errors.ts";
import { compileGraph } from "../compile/compileGraph.ts";
import { type Plan, printPlan } from "../compile/plan.ts";
import { type Graph, makeGraph, printGraph } from "../graph/graph.ts";
import { inputNode } from "../graph/source.ts";
import type { Program } from "../runtime/runtime.ts";
import { type Engine, requireEngine } from "./engine.ts";
import { type Flattened, flatten } from "./structure.ts";
import { Tensor } from "./tensor.ts";
import { Trace } from "./trace.ts";

/** How a function is compiled. */
export interface CompileOptions {
  /** Told how many of a new plan's pipelines are ready. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Default: the engine of the arguments, or the one that `init` made. */
  readonly engine?: Engine;
}

/** A plan and the graph that it came from, for looking at. */
export interface Compiled {
  readonly graph: Graph;
  readonly plan: Plan;
  printGraph(): string;
  printPlan(): string;
}

/** A compiled function: called like the one it was made from. */
export interface CompiledFunction<A extends readonly unknown[], R> {
  (...args: A): R;
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
    return run(engine, entryFor(engine, flat), flat.tensors) as R;
  };
  return Object.assign(call, {
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
  const captured = graph.inputs.map((node) => trace.captured.get(node));
  const argumentOf = graph.inputs.map((node) => {
    const index = placeholders.indexOf(node);
    return index < 0 ? undefined : index;
  });
  const plan = compileGraph(graph, engine.deviceProfile);
  const prepared = engine.runtime.prepare(plan, options.onProgress);
  const fixed = graph.inputs.map((node, index) =>
    captured[index] === undefined ? undefined : engine.storageOf(node),
  );
  const program = engine.runtime.createProgram(prepared, fixed);
  const prints = { printGraph: () => printGraph(graph), printPlan: () => printPlan(plan) };
  return { engine, graph, plan, program, captured, argumentOf, result, ...prints };
}

function run(engine: Engine, entry: Entry, args: readonly Tensor[]): unknown {
  engine.runtime.requireDevice();
  for (const tensor of entry.captured) {
    if (tensor?.isDisposed) {
      throw new DisposedError(
        `compile: ${tensor.name ?? "a tensor"}, which the function uses, was disposed; keep it for as long as the function is called.`,
      );
    }
  }
  const leaves = args.map((argument) => argument.leaf("compile"));
  const storages = entry.argumentOf.map((index) =>
    index === undefined ? undefined : engine.storageOf(leaves[index]),
  );
  const outputs = engine.runtime.callProgram(entry.program, storages, "result");
  const tensors = outputs.map((storage, index) => {
    const { shape, dtype } = entry.plan.outputs[index];
    return new Tensor(engine, engine.addSource(storage, shape, dtype));
  });
  return entry.result.rebuild(tensors);
}
