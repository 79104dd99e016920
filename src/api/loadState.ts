// State dicts: values by name, checked as a whole and then written into tensors that exist.
//
// Decides: what fits. Leaves the finding of names to modules and optimizers, and files to formats/.

import { ShapeError, UsageError } from "../base/errors.ts";
import { cast } from "../ops/index.ts";
import { elementCount, isSameShape, printShape, type Shape } from "../tensor/shape.ts";
import { assignAll, Tensor } from "./tensor.ts";

/** A tensor's values on the CPU, row-major. */
export interface StateEntry {
  readonly shape: Shape;
  readonly data: ArrayLike<number>;
}

/** Values by name. */
export type StateSource = ReadonlyMap<string, StateEntry | Tensor>;

/** How a state dict is loaded. */
export interface LoadOptions {
  /** Whether the names must be exactly those of stateDict(). Default true. */
  readonly strict?: boolean;
}

/**
 * Writes `state` into `targets`. Before anything is written it throws UsageError naming what is missing or unexpected
 * (unless `strict` is false), and ShapeError for what does not fit.
 */
export function loadState(
  targets: ReadonlyMap<string, Tensor>,
  state: StateSource,
  { strict = true }: LoadOptions = {},
): void {
  if (strict) requireSameNames(targets, state);
  requireSameShapes(targets, state);
  // By tensor: of two names of one tensor the later one stays, as in PyTorch.
  const copies = new Map<Tensor, Tensor>();
  const writes = new Map<Tensor, ArrayLike<number>>();
  for (const [name, target] of targets) {
    const entry = state.get(name);
    if (entry instanceof Tensor) copies.set(target, cast(entry, target.dtype));
    else if (entry !== undefined) writes.set(target, entry.data);
  }
  assignAll([...copies].filter(([target, value]) => target !== value));
  for (const [target, values] of writes) target.write(values);
}

function requireSameNames(targets: ReadonlyMap<string, Tensor>, state: StateSource): void {
  const missing = [...targets.keys()].filter((name) => !state.has(name));
  const unexpected = [...state.keys()].filter((name) => !targets.has(name));
  const faults = [
    ...(missing.length > 0 ? [`${missing.join(", ")} missing`] : []),
    ...(unexpected.length > 0 ? [`${unexpected.join(", ")} unexpected`] : []),
  ];
  if (faults.length === 0) return;
  throw new UsageError(`loadStateDict: ${faults.join(", and ")}; the names must be those of stateDict().`);
}

function requireSameShapes(targets: ReadonlyMap<string, Tensor>, state: StateSource): void {
  const faults: string[] = [];
  for (const [name, { shape }] of targets) {
    const entry = state.get(name);
    if (entry === undefined) continue;
    if (!isSameShape(entry.shape, shape)) {
      faults.push(`${name} is ${printShape(entry.shape)} and should be ${printShape(shape)}`);
    } else if (!(entry instanceof Tensor) && entry.data.length !== elementCount(shape)) {
      faults.push(`${name} has ${entry.data.length} values for ${printShape(shape)}`);
    }
  }
  if (faults.length === 0) return;
  throw new ShapeError(`loadStateDict: ${faults.join(", ")}; shapes must be those of stateDict().`);
}
