// unbind: an axis taken apart.

import { range } from "../base/integers.ts";
import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { normalizeAxis } from "../tensor/shape.ts";
import { select } from "./select.ts";

/**
 * What stands at each index of `axis` (default 0), without that axis and without a copy. x: any dtype.
 * Throws ShapeError for an axis out of range. Source: torch.unbind.
 */
export function unbind<T extends Value>(x: T, { axis = 0 }: { readonly axis?: number } = {}): T[] {
  requireTensor("unbind", "x", x);
  const along = normalizeAxis("unbind", axis, x.shape.length);
  return range(0, x.shape[along]).map((index) => select(x, along, index));
}
