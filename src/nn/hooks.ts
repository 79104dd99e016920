// Hooks: what is told of a module's result whenever it computes one, and the results of all parts of a model at once.
//
// Decides: how a hook comes between. The module gets a `forward` of its own that calls that of its class, so models call
// their parts as ever. A compiled function runs hooks while it is traced, once: what they are given are values of the
// plan, which it may return or build a loss of.

import { Tensor } from "../api/tensor.ts";
import { UsageError } from "../base/errors.ts";
import type { AnyModule } from "./module.ts";

/** Told what a module was given and gave. What it returns takes the result's place, unless that is undefined. */
export type ForwardHook<M extends AnyModule> = (
  module: M,
  inputs: Parameters<M["forward"]>,
  output: ReturnType<M["forward"]>,
) => ReturnType<M["forward"]> | undefined;

/** A hook in its place. */
export interface HookHandle {
  /** Takes the hook away. What was compiled before keeps what it did. */
  remove(): void;
}

type AnyHook = (module: unknown, inputs: unknown[], output: unknown) => unknown;
type Hooked = { forward(...inputs: unknown[]): unknown };

const hooksOf = new WeakMap<object, Set<{ readonly hook: AnyHook }>>();

/** See `Module.registerForwardHook`. */
export function addForwardHook(module: object, hook: unknown): HookHandle {
  if (typeof hook !== "function") {
    throw new UsageError(`registerForwardHook: the hook is ${hook}; it must be a function.`);
  }
  const entry = { hook: hook as AnyHook };
  const hooks = hooksOf.get(module) ?? comeBetween(module as Hooked);
  hooks.add(entry);
  return { remove: () => void hooks.delete(entry) };
}

function comeBetween(module: Hooked): Set<{ readonly hook: AnyHook }> {
  const hooks = new Set<{ readonly hook: AnyHook }>();
  const { forward } = module;
  const value = (...inputs: unknown[]) => {
    let output = forward.apply(module, inputs);
    for (const { hook } of [...hooks]) output = hook(module, inputs, output) ?? output;
    return output;
  };
  // Not among the module's parts, which are its own enumerable properties.
  Object.defineProperty(module, "forward", { value, configurable: true, writable: true });
  hooksOf.set(module, hooks);
  return hooks;
}

/** Which activations are recorded. */
export interface RecordActivationsOptions {
  /** Paths as in `namedModules`, "features.3". Default: all modules. */
  readonly names?: readonly string[];
}

/** What a function gave, and what modules gave meanwhile. */
export interface RecordedActivations<R> {
  readonly value: R;
  /** By path; of a module that was called several times the last result, and none of those that give no tensor. */
  readonly activations: Record<string, Tensor>;
}

/**
 * Runs `body`, and records what the parts of `model` give meanwhile. In a compiled function the activations are values
 * like any other: return them to look at them, or differentiate one of them by the image. Throws UsageError for names
 * that no part has, and where `body` is asynchronous.
 *
 *     const activationsOf = compile((image) => recordActivations(model, () => model.forward(image)).activations);
 *     const dream = grad((image) => {
 *       const { activations } = recordActivations(model, () => model.forward(image), { names: ["3"] });
 *       return mean(activations["3"]);
 *     });
 */
export function recordActivations<R>(
  model: AnyModule,
  body: () => R,
  { names }: RecordActivationsOptions = {},
): RecordedActivations<R> {
  const modules = model.namedModules();
  const unknown = (names ?? []).filter((name) => !modules.has(name));
  if (unknown.length > 0) {
    const known = [...modules.keys()].map((name) => JSON.stringify(name));
    throw new UsageError(
      `recordActivations: there is no ${unknown.map((name) => JSON.stringify(name)).join(", ")}; the model has ${known.join(", ")}.`,
    );
  }
  const activations: Record<string, Tensor> = {};
  const handles = [...modules]
    .filter(([name]) => names === undefined || names.includes(name))
    .map(([name, module]) =>
      addForwardHook(module, (_module: unknown, _inputs: unknown, output: unknown) => {
        if (output instanceof Tensor) activations[name] = output;
      }),
    );
  try {
    const value = body();
    if (!(value instanceof Promise)) return { value, activations };
  } finally {
    for (const handle of handles) handle.remove();
  }
  throw new UsageError("recordActivations: body is asynchronous; it must be an ordinary function.");
}
