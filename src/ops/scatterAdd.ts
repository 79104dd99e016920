// scatterAdd: elements added to places along one axis that an index tensor names, in a fixed order.

import type { Value } from "../graph/node.ts";
import { requireDtype } from "../tensor/dtype.ts";
import { add } from "./add.ts";
import { gatherGradient } from "./gather.ts";
import { inCorner, scatterParts } from "./scatter.ts";

/**
 * `x` with source[…, j, …] added at index[…, j, …] along `axis`. x: any dtype but bool; index: i32 or u32, as many axes
 * as x, elsewhere at most as long; source: x's dtype, at least as long as index everywhere. What falls on one place is added in
 * order; an index out of range adds nowhere. Throws ShapeError or DtypeError where they do not fit.
 * Source: torch.scatter_add.
 */
export function scatterAdd<T extends Value>(
  x: T,
  index: T,
  source: T,
  { axis }: { readonly axis: number },
): T {
  requireDtype("scatterAdd", "x", x, ["f32", "f16", "i32", "u32"]);
  const { along, corner, part } = scatterParts("scatterAdd", x, index, source, axis);
  const size = x.shape[along];
  return inCorner(x, add(corner, gatherGradient(part, index, { axis: along, size })));
}
