// softmin: softmax of what is small.

import type { Value } from "../graph/node.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { normalizeAxis } from "../tensor/shape.ts";
import { neg } from "./neg.ts";
import { softmax } from "./softmax.ts";

/**
 * e^-x / sum e^-x along `axis` (default the last). x: any shape, f32 or f16. Throws ShapeError for an axis out of range,
 * DtypeError for integers. Source: torch.nn.functional.softmin.
 */
export function softmin<T extends Value>(x: T, { axis = -1 }: { readonly axis?: number } = {}): T {
  requireFloating("softmin", "x", x);
  return softmax(neg(x), { axis: normalizeAxis("softmin", axis, x.shape.length) });
}
