// swapAxes: two axes exchanged.

import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { normalizeAxis } from "../tensor/shape.ts";
import { transpose } from "./permute.ts";

/**
 * Axes `a` and `b` of `x` exchanged, without a copy. x: any dtype. Throws ShapeError for an axis out of range.
 * Source: torch.swapaxes.
 */
export function swapAxes<T extends Value>(x: T, a: number, b: number): T {
  requireTensor("swapAxes", "x", x);
  const rank = x.shape.length;
  return transpose(x, normalizeAxis("swapAxes", a, rank), normalizeAxis("swapAxes", b, rank));
}
