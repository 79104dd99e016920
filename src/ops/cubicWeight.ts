// The weight of a neighbour in cubic interpolation, by its distance. After Keys, Cubic convolution interpolation (1981).

import type { Value } from "../graph/node.ts";
import { abs } from "./abs.ts";
import { add } from "./add.ts";
import { less } from "./less.ts";
import { mul } from "./mul.ts";
import { relu } from "./relu.ts";
import { square } from "./square.ts";
import { sub } from "./sub.ts";
import { where } from "./where.ts";

/** The slope that PyTorch takes. */
export const CUBIC_SLOPE = -0.75;

/**
 * The cubic spline through 1 at distance 0 and 0 at all other whole distances, nothing beyond 2, whose slope at 1 is `slope`.
 * Its two parts meet smoothly, so that gradients may take either side.
 */
export function cubicWeight<T extends Value>(distance: T, slope: number): T {
  const size = abs(distance);
  const near = add(mul(sub(mul(size, slope + 2), slope + 3), square(size)), 1);
  const far = mul(mul(sub(size, 1), slope), square(relu(sub(2, size))));
  return where(less(size, 1), near, far);
}
