// Module: a piece of a model, its parameters and its parts.
//
// Decides: how parameters, buffers and child modules are found and named (as PyTorch names them), and the switch
// between training and evaluation. Leaves what a layer computes to its own file, and checkpoints to api/loadState.ts.

import { type LoadOptions, loadState, type StateSource } from "../api/loadState.ts";
import { Tensor } from "../api/tensor.ts";
import { addForwardHook, type ForwardHook, type HookHandle } from "./hooks.ts";
import { isBuffer, isParameter } from "./parameter.ts";

/** A module of any signature. */
export type AnyModule = Module<never[], unknown>;

/**
 * What layers and models extend. Own properties are walked in the order of their definition: tensors marked by
 * `parameter` or `buffer`, modules, and arrays of these belong to the module; everything else is left alone.
 */
export abstract class Module<Inputs extends unknown[] = [x: Tensor], Output = Tensor> {
  /**
   * Whether layers such as Dropout behave as in training; `train` and `eval` set it. It is a plain flag that is read
   * when `forward` runs: a compiled function keeps what it saw when it was traced. Compile one function for training
   * and another for evaluation, and set the mode inside of each or before its first call.
   */
  training = true;

  /** The module's result for these inputs. */
  abstract forward(...inputs: Inputs): Output;

  /** All parameters, each once, those of the module itself before those of its parts. Names them, see `namedParameters`. */
  parameters(): Tensor[] {
    return [...this.namedParameters().values()];
  }

  /**
   * All parameters by path, "blocks.0.weight"; one that stands in several places has the first path. The path becomes
   * the tensor's name, unless it already has one which is no end of the path.
   */
  namedParameters(): Map<string, Tensor> {
    return new Map([...firstOfEach(this.namedState())].filter(([, tensor]) => isParameter(tensor)));
  }

  /** All buffers by path, each once. */
  namedBuffers(): Map<string, Tensor> {
    return new Map([...firstOfEach(this.namedState())].filter(([, tensor]) => isBuffer(tensor)));
  }

  /** This module and all below it, each once, parents first. */
  modules(): AnyModule[] {
    return [...this.namedModules().values()];
  }

  /** The same by path: "" for this module, "0.attention" for a part; one that stands in several places has the first path. */
  namedModules(): Map<string, AnyModule> {
    const found = new Map<AnyModule, string>();
    collectModules(this, "", found);
    return new Map([...found].map(([module, path]) => [path, module]));
  }

  /**
   * Calls `hook` with the module, its inputs and its result whenever `forward` has run, until `remove` of what is given
   * back is called. What a hook returns, unless undefined, takes the result's place. In a compiled function hooks run while it
   * is traced: register before its first call, and return what the hook was given to look at it. `recordActivations`
   * does so for all parts of a model. Throws UsageError for what is no function. Source: torch.nn.Module.register_forward_hook.
   */
  registerForwardHook<M extends AnyModule>(this: M, hook: ForwardHook<M>): HookHandle {
    return addForwardHook(this, hook);
  }

  /** Sets the mode of this module and all below it. What was compiled before keeps its mode, see `training`. */
  train(mode = true): this {
    for (const module of this.modules()) module.training = mode;
    return this;
  }

  /** The same as `train(false)`. */
  eval(): this {
    return this.train(false);
  }

  /**
   * Parameters and buffers by path, as PyTorch orders and names them: the live tensors, not copies. One that stands in
   * several places is listed under each.
   */
  stateDict(): Map<string, Tensor> {
    return this.namedState();
  }

  /**
   * Writes `state` into parameters and buffers, which stay the same tensors, so compiled functions see the new values.
   * With `strict: false` missing and unexpected names are passed over. Throws UsageError naming missing and unexpected
   * names, and ShapeError naming shapes that differ, before anything is written.
   */
  loadStateDict(state: StateSource, options: LoadOptions = {}): void {
    loadState(this.namedState(), state, options);
  }

  /** Gives the memory of all parameters and buffers back. */
  dispose(): void {
    for (const tensor of new Set(this.namedState().values())) tensor.dispose();
  }

  /** What the module consists of, by name: its own properties. A container whose paths leave a level out overrides it. */
  parts(): Iterable<readonly [name: string, value: unknown]> {
    return Object.entries(this);
  }

  private namedState(): Map<string, Tensor> {
    const found = new Map<string, Tensor>();
    collectState(this, "", found, []);
    for (const [path, tensor] of firstOfEach(found)) {
      if (tensor.name === undefined || path.endsWith(`.${tensor.name}`)) tensor.name = path;
    }
    return found;
  }
}

/** The parts of a module or an array; nothing for other values. */
function partsOf(value: unknown): Iterable<readonly [string, unknown]> {
  if (value instanceof Module) return value.parts();
  return Array.isArray(value) ? Object.entries(value) : [];
}

/** Own tensors first, then the parts, as PyTorch does. `ancestors` ends the walk where a part refers back to its parent. */
function collectState(
  owner: unknown,
  prefix: string,
  found: Map<string, Tensor>,
  ancestors: readonly unknown[],
): void {
  if (ancestors.includes(owner)) return;
  const parts = [...partsOf(owner)];
  for (const [name, value] of parts) {
    if (value instanceof Tensor && (isParameter(value) || isBuffer(value))) found.set(prefix + name, value);
  }
  for (const [name, value] of parts) collectState(value, `${prefix}${name}.`, found, [...ancestors, owner]);
}

function collectModules(owner: unknown, path: string, found: Map<AnyModule, string>): void {
  if (owner instanceof Module) {
    if (found.has(owner)) return;
    found.set(owner, path);
  }
  for (const [name, value] of partsOf(owner))
    collectModules(value, path === "" ? name : `${path}.${name}`, found);
}

function firstOfEach(state: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const seen = new Set<Tensor>();
  return new Map([...state].filter(([, tensor]) => !seen.has(tensor) && seen.add(tensor)));
}
