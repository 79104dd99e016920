// rot90: a plane turned by right angles, without a copy.

import { ShapeError } from "../base/errors.ts";
import { requireWhole } from "../base/requireWhole.ts";
import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { normalizeAxis } from "../tensor/shape.ts";
import { flip } from "./flip.ts";
import { transpose } from "./permute.ts";

/** How far, and in which plane. */
export interface Rot90Options {
  /** Right angles, from the first axis towards the second; backwards where negative. Default 1. */
  readonly k?: number;
  /** The two axes of the plane. Default [0, 1]. */
  readonly axes?: readonly [from: number, to: number];
}

/**
 * `x` turned by k right angles. x: any dtype, at least two axes. Throws ShapeError unless `axes` are two of x's,
 * UsageError unless k is whole. Source: torch.rot90.
 */
export function rot90<T extends Value>(x: T, { k = 1, axes = [0, 1] }: Rot90Options = {}): T {
  requireTensor("rot90", "x", x);
  requireWhole("rot90: k", k, Number.MIN_SAFE_INTEGER);
  const [from, to] = axes.map((axis) => normalizeAxis("rot90", axis, x.shape.length));
  if (axes.length !== 2 || from === to) {
    throw new ShapeError(`rot90: axes [${axes.join(", ")}] are no plane; they must be two different axes.`);
  }
  switch (((k % 4) + 4) % 4) {
    case 1:
      return transpose(flip(x, to), from, to);
    case 2:
      return flip(x, [from, to]);
    case 3:
      return transpose(flip(x, from), from, to);
    default:
      return x;
  }
}
