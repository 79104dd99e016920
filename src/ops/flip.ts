// flip: axes backwards, without a copy.

import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { normalizeAxes } from "../tensor/shape.ts";
import { slice } from "./slice.ts";

/**
 * `x` backwards along `axes`. x: any dtype. Throws ShapeError for an axis out of range or given twice.
 * Source: torch.flip.
 */
export function flip<T extends Value>(x: T, axes: number | readonly number[]): T {
  requireTensor("flip", "x", x);
  const turned = normalizeAxes("flip", axes, x.shape.length);
  if (turned.length === 0) return x;
  return slice(x, { steps: x.shape.map((_, axis) => (turned.includes(axis) ? -1 : 1)) });
}
