// select: one index of an axis, which falls away.

import { ShapeError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { normalizeAxis, printShape } from "../tensor/shape.ts";
import { narrow } from "./narrow.ts";
import { squeeze } from "./squeeze.ts";

/**
 * What stands at `index` of `axis`, without that axis and without a copy. x: any dtype; a negative index counts from
 * the end. Throws ShapeError for an axis or index out of range. Source: torch.select.
 */
export function select<T extends Value>(x: T, axis: number, index: number): T {
  requireTensor("select", "x", x);
  const along = normalizeAxis("select", axis, x.shape.length);
  const size = x.shape[along];
  if (!Number.isInteger(index) || index < -size || index >= size) {
    throw new ShapeError(
      `select: index ${index} is outside of axis ${along} of ${printShape(x.shape)}; it must be a whole number in ${-size}..${size - 1}.`,
    );
  }
  return squeeze(narrow(x, along, index, 1), along);
}
