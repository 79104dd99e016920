// State dicts: values by name, checked as a whole and then written into tensors that exist.
//
// Decides: what fits. Leaves the finding of names to modules and optimizers, and files to formats/.

import { ShapeError, UsageError } from "../base/errors.ts";
import { listed, printName } from "../base/listed.ts";
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
 * Writes `state` into `targets`. Before anything is written it throws, naming all that does not fit: UsageError where names
 * are missing or unexpected (unless `strict` is false), ShapeError where only shapes are wrong.
 */
export function loadState(
  targets: ReadonlyMap<string, Tensor>,
  state: StateSource,
  { strict = true }: LoadOptions = {},
): void {
  requireFit(targets, state, strict);
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

/** Throws the errors of `loadState`. */
export function requireFit(
  targets: ReadonlyMap<string, { readonly shape: Shape }>,
  state: StateSource,
  strict: boolean,
): void {
  const missing = strict ? [...targets.keys()].filter((name) => !state.has(name)) : [];
  const unexpected = strict ? [...state.keys()].filter((name) => !targets.has(name)) : [];
  const misshapen = shapeFaults(targets, state);
  const faults = [
    ...(missing.length > 0 ? [`${missing.length} of ${targets.size} names missing (${names(missing)})`] : []),
    ...(unexpected.length > 0 ? [`${unexpected.length} unexpected (${names(unexpected)})`] : []),
    ...(misshapen.length > 0 ? [`${misshapen.length} of the wrong shape (${listed(misshapen)})`] : []),
  ];
  if (faults.length === 0) return;
  const text = `loadStateDict: ${faults.join(", ")}; names and shapes must be those of stateDict().`;
  throw missing.length + unexpected.length > 0 ? new UsageError(text) : new ShapeError(text);
}

function names(all: readonly string[]): string {
  return listed(all.map(printName));
}

function shapeFaults(targets: ReadonlyMap<string, { readonly shape: Shape }>, state: StateSource): string[] {
  const faults: string[] = [];
  for (const [name, { shape }] of targets) {
    const entry = state.get(name);
    if (entry === undefined) continue;
    if (!isSameShape(entry.shape, shape)) {
      faults.push(`${printName(name)} is ${printShape(entry.shape)} and should be ${printShape(shape)}`);
    } else if (!(entry instanceof Tensor) && entry.data.length !== elementCount(shape)) {
      faults.push(`${printName(name)} has ${entry.data.length} values for ${printShape(shape)}`);
    }
  }
  return faults;
}
