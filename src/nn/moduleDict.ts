// ModuleDict: modules by name, called by the model that has them.

import { UsageError } from "../base/errors.ts";
import { type AnyModule, Module } from "./module.ts";
import { requireModule } from "./moduleList.ts";

/**
 * Modules by name, in the order in which they came. Paths of parameters are "name.weight", …. Throws UsageError for a name
 * that is empty or has a dot, for what is no module, and by `forward`, which it has not. Source: torch.nn.ModuleDict.
 */
export class ModuleDict<M extends AnyModule = Module> extends Module<never[], never> {
  private readonly named = new Map<string, M>();

  /** From a plain object, or pairs of name and module. */
  constructor(modules: Readonly<Record<string, M>> | Iterable<readonly [name: string, module: M]> = {}) {
    super();
    this.update(modules);
  }

  get size(): number {
    return this.named.size;
  }

  /** Throws UsageError where there is none of that name. */
  get(name: string): M {
    const found = this.named.get(name);
    if (found !== undefined) return found;
    const known = [...this.named.keys()].map((key) => JSON.stringify(key)).join(", ");
    throw new UsageError(`ModuleDict: there is no ${JSON.stringify(name)}; it has ${known || "nothing"}.`);
  }

  has(name: string): boolean {
    return this.named.has(name);
  }

  /** Adds `module`, or puts it in the place of that of the same name. */
  set(name: string, module: M): this {
    if (typeof name !== "string" || name === "" || name.includes(".")) {
      throw new UsageError(
        `ModuleDict: the name ${JSON.stringify(name)} is empty or has a dot; paths need one with neither.`,
      );
    }
    this.named.set(name, requireModule("ModuleDict", module));
    return this;
  }

  /** Adds all of `modules`, see the constructor. */
  update(modules: Readonly<Record<string, M>> | Iterable<readonly [name: string, module: M]>): this {
    const pairs =
      Symbol.iterator in modules ? (modules as Iterable<readonly [string, M]>) : Object.entries(modules);
    for (const [name, module] of pairs) this.set(name, module);
    return this;
  }

  /** Takes the module out; whether there was one. */
  delete(name: string): boolean {
    return this.named.delete(name);
  }

  keys(): IterableIterator<string> {
    return this.named.keys();
  }

  values(): IterableIterator<M> {
    return this.named.values();
  }

  entries(): IterableIterator<[name: string, module: M]> {
    return this.named.entries();
  }

  [Symbol.iterator](): IterableIterator<[name: string, module: M]> {
    return this.named.entries();
  }

  override forward(): never {
    throw new UsageError("ModuleDict: it has no forward; get its modules by name.");
  }

  override parts(): Iterable<readonly [string, unknown]> {
    return this.named;
  }
}
