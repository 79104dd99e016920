// glu: one half of x, gated by the other.

import { ShapeError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { normalizeAxis, printShape } from "../tensor/shape.ts";
import { mul } from "./mul.ts";
import { sigmoid } from "./sigmoid.ts";
import { slice } from "./slice.ts";

/**
 * a sigmoid(b), for a the first and b the second half of x along `axis` (default the last). x: f32 or f16, at least one axis.
 * Throws ShapeError for an odd size or an axis out of range, DtypeError for integers.
 * Source: torch.nn.functional.glu; Dauphin et al. 2017.
 */
export function glu<T extends Value>(x: T, { axis = -1 }: { readonly axis?: number } = {}): T {
  requireFloating("glu", "x", x);
  const along = normalizeAxis("glu", axis, x.shape.length);
  const size = x.shape[along];
  if (size % 2 !== 0) {
    throw new ShapeError(`glu: x is ${printShape(x.shape)}; its size along axis ${along} must be even.`);
  }
  return mul(half(x, along, 0, size / 2), sigmoid(half(x, along, size / 2, size)));
}

function half<T extends Value>(x: T, axis: number, from: number, to: number): T {
  const starts = x.shape.map((_, k) => (k === axis ? from : 0));
  const ends = x.shape.map((size, k) => (k === axis ? to : size));
  return slice(x, { starts, ends });
}
