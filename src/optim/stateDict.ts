// The state of an optimizer, checked as a whole and then written into tensors that exist.

import { assignAll, Tensor } from "../api/tensor.ts";
import { ShapeError, UsageError } from "../base/errors.ts";
import { cast } from "../ops/index.ts";
import { elementCount, isSameShape, printShape, type Shape } from "../tensor/shape.ts";

/** A tensor's values on the CPU, row-major. */
export interface StateEntry {
  readonly shape: Shape;
  readonly data: ArrayLike<number>;
}

/** Values by name. */
export type StateSource = ReadonlyMap<string, StateEntry | Tensor>;

/** Writes `state` into `targets`. Throws, before anything is written, as `Optimizer.loadStateDict` says. */
export function loadState(targets: ReadonlyMap<string, Tensor>, state: StateSource): void {
  const faults: string[] = [];
  for (const name of state.keys()) if (!targets.has(name)) faults.push(`${name} is unexpected`);
  for (const [name, target] of targets) {
    const fault = faultOf(target, state.get(name));
    if (fault !== undefined) faults.push(`${name} ${fault}`);
  }
  if (faults.length > 0) {
    const isShapeOnly = [...targets.keys()].every((name) => state.has(name)) && state.size === targets.size;
    const Fault = isShapeOnly ? ShapeError : UsageError;
    throw new Fault(
      `loadStateDict: ${faults.join(", ")}; names and shapes must be those of the optimizer's stateDict().`,
    );
  }
  const copies: [Tensor, Tensor][] = [];
  for (const [name, target] of targets) {
    const entry = state.get(name);
    if (entry instanceof Tensor && entry !== target) copies.push([target, cast(entry, target.dtype)]);
  }
  assignAll(copies);
  for (const [name, target] of targets) {
    const entry = state.get(name);
    if (entry !== undefined && !(entry instanceof Tensor)) target.write(entry.data);
  }
}

function faultOf({ shape }: Tensor, entry: StateEntry | Tensor | undefined): string | undefined {
  if (entry === undefined) return "is missing";
  if (!isSameShape(entry.shape, shape)) {
    return `is ${printShape(entry.shape)} and should be ${printShape(shape)}`;
  }
  if (entry instanceof Tensor || entry.data.length === elementCount(shape)) return undefined;
  return `has ${entry.data.length} values for ${printShape(shape)}`;
}
