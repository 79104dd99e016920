// roll: elements moved along axes; what leaves at one end comes back at the other.

import { ShapeError } from "../base/errors.ts";
import { requireWhole } from "../base/requireWhole.ts";
import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { elementCount, normalizeAxis } from "../tensor/shape.ts";
import { concat } from "./concat.ts";
import { narrow } from "./narrow.ts";
import { reshape } from "./reshape.ts";

/** Along which axes elements move. */
export interface RollOptions {
  /** One for each shift. Default: x is flattened first, and then has its shape again. */
  readonly axis?: number | readonly number[];
}

/**
 * `x` moved by `shifts` along `axis`, forwards where they are positive. x: any dtype. Throws ShapeError for an axis out
 * of range and unless there are as many shifts as axes, UsageError for a shift that is not whole. Source: torch.roll.
 */
export function roll<T extends Value>(
  x: T,
  shifts: number | readonly number[],
  { axis }: RollOptions = {},
): T {
  requireTensor("roll", "x", x);
  const by = typeof shifts === "number" ? [shifts] : shifts;
  for (const shift of by) requireWhole("roll: a shift", shift, Number.MIN_SAFE_INTEGER);
  const axes = axis === undefined ? [0] : typeof axis === "number" ? [axis] : axis;
  if (axes.length !== by.length) {
    throw new ShapeError(`roll: ${by.length} shifts for ${axes.length} axes; there must be one for each.`);
  }
  if (axis === undefined) return reshape(rollAlong(reshape(x, [elementCount(x.shape)]), 0, by[0]), x.shape);
  return axes.reduce(
    (moved, one, index) => rollAlong(moved, normalizeAxis("roll", one, x.shape.length), by[index]),
    x,
  );
}

function rollAlong<T extends Value>(x: T, axis: number, shift: number): T {
  const size = x.shape[axis];
  const back = size === 0 ? 0 : ((shift % size) + size) % size;
  if (back === 0) return x;
  return concat([narrow(x, axis, size - back, back), narrow(x, axis, 0, size - back)], { axis });
}
