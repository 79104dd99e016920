// Parametrizations: a layer whose `weight` is computed from parameters behind it each time that `forward` reads it. They stand
// in the state where PyTorch's parametrizations have them.

import type { Tensor } from "../api/tensor.ts";
import { UsageError } from "../base/errors.ts";
import { type AnyModule, Module } from "./module.ts";
import { isParameter } from "./parameter.ts";

/** What a weight is made of, by its name below "parametrizations.weight". */
export type OriginalParts = readonly (readonly [name: string, part: unknown])[];

/** What PyTorch calls the list of a weight's parametrizations; here there is one. */
class Parametrized extends Module<[], Tensor> {
  private readonly originals: OriginalParts;
  private readonly compute: () => Tensor;

  constructor(originals: OriginalParts, compute: () => Tensor) {
    super();
    this.originals = originals;
    this.compute = compute;
  }

  forward(): Tensor {
    return this.compute();
  }

  override parts(): OriginalParts {
    return this.originals;
  }
}

/** The parametrized weights of a module, by name. */
class Parametrizations extends Module<[], Tensor> {
  private readonly weight: Parametrized;

  constructor(weight: Parametrized) {
    super();
    this.weight = weight;
  }

  forward(): Tensor {
    return this.weight.forward();
  }
}

/** `module` itself, whose weight from now on is what `compute` makes of `originals`. */
export function parametrizeWeight<M extends AnyModule>(
  module: M,
  originals: OriginalParts,
  compute: () => Tensor,
): M {
  const parametrizations = new Parametrizations(new Parametrized(originals, compute));
  Object.defineProperty(module, "weight", { get: () => parametrizations.forward(), enumerable: false });
  Object.defineProperty(module, "parametrizations", { value: parametrizations, enumerable: true });
  return module;
}

/** The parameter `weight` of `module`. Throws UsageError, as `op`, where it has none of two axes or more. */
export function requireWeight(op: string, module: AnyModule): Tensor {
  const value: unknown = Object.getOwnPropertyDescriptor(module, "weight")?.value;
  // A module that names its parts itself would go on naming the weight.
  const isPlain = module.parts === Module.prototype.parts;
  if (isPlain && isWeight(value)) return value;
  throw new UsageError(
    `${op}: ${module.constructor.name} has no parameter "weight" of two axes or more, or has one that is ` +
      "normalised already; it must be a layer such as Linear, Conv2d or ConvTranspose2d.",
  );
}

function isWeight(value: unknown): value is Tensor {
  return (
    value instanceof Object &&
    "shape" in value &&
    isParameter(value as Tensor) &&
    (value as Tensor).shape.length >= 2
  );
}
