// ModuleList: modules by number, called by the model that has them.

import { UsageError } from "../base/errors.ts";
import { type AnyModule, Module } from "./module.ts";

/**
 * Modules in a row, for a model to go through: `for (const block of this.blocks) x = block.forward(x)`. Paths of
 * parameters are "0.weight", "1.bias", …. Throws UsageError for what is no module, and by `forward`, which it has not.
 * Source: torch.nn.ModuleList.
 */
export class ModuleList<M extends AnyModule = Module> extends Module<never[], never> {
  private readonly list: M[] = [];

  constructor(modules: Iterable<M> = []) {
    super();
    this.extend(modules);
  }

  get length(): number {
    return this.list.length;
  }

  /** Module `index`; negative counts from the end. Throws UsageError where there is none. */
  at(index: number): M {
    const found = this.list.at(requirePlace("at", index, -this.length, this.length - 1));
    if (found === undefined) throw new UsageError("ModuleList: there is no module in it.");
    return found;
  }

  append(module: M): this {
    return this.extend([module]);
  }

  extend(modules: Iterable<M>): this {
    this.list.push(...[...modules].map((module) => requireModule("ModuleList", module)));
    return this;
  }

  /** Puts `module` before what is at `index`, or at the end. Negative counts from the end. */
  insert(index: number, module: M): this {
    const place = requirePlace("insert", index, -this.length, this.length);
    this.list.splice(place, 0, requireModule("ModuleList", module));
    return this;
  }

  [Symbol.iterator](): IterableIterator<M> {
    return this.list.values();
  }

  override forward(): never {
    throw new UsageError("ModuleList: it has no forward; go through its modules, or use Sequential.");
  }

  override parts(): Iterable<readonly [string, unknown]> {
    return Object.entries(this.list);
  }
}

/** Throws UsageError unless `value` is a module. */
export function requireModule<M extends AnyModule>(container: string, value: M): M {
  if (value instanceof Module) return value;
  throw new UsageError(`${container}: ${value} is no module; it must be one.`);
}

function requirePlace(method: string, index: number, first: number, last: number): number {
  if (Number.isInteger(index) && index >= first && index <= last) return index;
  throw new UsageError(
    `ModuleList: ${method}(${index}) of ${-first} modules; it must be a whole number from ${first} to ${last}.`,
  );
}
