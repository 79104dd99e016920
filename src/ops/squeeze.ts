// squeeze, unsqueeze, flatten: reshapes that drop, add or merge axes.

import { ShapeError } from "../base/errors.ts";
import { product } from "../base/integers.ts";
import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { normalizeAxes, normalizeAxis, printShape } from "../tensor/shape.ts";
import { reshape } from "./reshape.ts";

/** x without `axis` (or axes; all of size 1 where not given). Throws ShapeError for an axis of another size. Source: NumPy. */
export function squeeze<T extends Value>(x: T, axis?: number | readonly number[]): T {
  requireTensor("squeeze", "x", x);
  const axes = axis === undefined ? undefined : normalizeAxes("squeeze", axis, x.shape.length);
  const wide = axes?.find((candidate) => x.shape[candidate] !== 1);
  if (wide !== undefined) {
    throw new ShapeError(
      `squeeze: axis ${wide} of ${printShape(x.shape)} has size ${x.shape[wide]}; it must be 1.`,
    );
  }
  return reshape(
    x,
    x.shape.filter((size, index) => (axes === undefined ? size !== 1 : !axes.includes(index))),
  );
}

/** x with a new axis of size 1 at `axis` of the result. Throws ShapeError for an axis out of range. Source: torch.unsqueeze. */
export function unsqueeze<T extends Value>(x: T, axis: number): T {
  requireTensor("unsqueeze", "x", x);
  const at = normalizeAxis("unsqueeze", axis, x.shape.length + 1);
  return reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]);
}

/** Which axes become one, both ends included. */
export interface FlattenOptions {
  readonly startAxis?: number;
  readonly endAxis?: number;
}

/** x with axes startAxis … endAxis (default all) as one. Throws ShapeError for axes out of range or order. Source: torch.flatten. */
export function flatten<T extends Value>(x: T, { startAxis = 0, endAxis = -1 }: FlattenOptions = {}): T {
  requireTensor("flatten", "x", x);
  if (x.shape.length === 0) return reshape(x, [1]);
  const first = normalizeAxis("flatten", startAxis, x.shape.length);
  const last = normalizeAxis("flatten", endAxis, x.shape.length);
  if (first > last) {
    throw new ShapeError(`flatten: startAxis ${startAxis} is after endAxis ${endAxis}; it must not be.`);
  }
  return reshape(x, [
    ...x.shape.slice(0, first),
    product(x.shape.slice(first, last + 1)),
    ...x.shape.slice(last + 1),
  ]);
}
