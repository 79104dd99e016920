// chunk: an axis cut into a number of pieces.

import { ceilDiv } from "../base/integers.ts";
import { requireWhole } from "../base/requireWhole.ts";
import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { normalizeAxis } from "../tensor/shape.ts";
import { split } from "./split.ts";

/**
 * `x` cut along `axis` (default 0) into `count` pieces of equal size, rounded up: the last may be shorter, and there are
 * fewer where the others hold all. Views, without a copy. x: any dtype. Throws ShapeError for an axis out of range,
 * UsageError unless `count` is a whole number above 0. Source: torch.chunk.
 */
export function chunk<T extends Value>(
  x: T,
  count: number,
  { axis = 0 }: { readonly axis?: number } = {},
): T[] {
  requireTensor("chunk", "x", x);
  requireWhole("chunk: count", count, 1);
  const along = normalizeAxis("chunk", axis, x.shape.length);
  const size = ceilDiv(x.shape[along], count);
  return split(x, size === 0 ? new Array<number>(count).fill(0) : size, { axis: along });
}
