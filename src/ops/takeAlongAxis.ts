// takeAlongAxis: elements picked along one axis, where x and the indices broadcast along all others.

import { ShapeError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireDtype, requireTensor } from "../tensor/dtype.ts";
import { broadcastShapes, elementCount, normalizeAxis, printShape } from "../tensor/shape.ts";
import { add } from "./add.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { cast } from "./cast.ts";
import { gather } from "./gather.ts";
import { less } from "./less.ts";
import { reshape } from "./reshape.ts";
import { where } from "./where.ts";

/** Along which axis. */
export interface TakeAlongAxisOptions {
  /** Default: x and the indices are flattened. */
  readonly axis?: number;
}

/**
 * y[…, j, …] = x[…, index[…, j, …], …] along an axis; along all others x and index broadcast. x: any dtype; index: i32 or
 * u32, negative ones count from the end. An index out of range gives NaN and no gradient. Throws ShapeError where shapes
 * do not fit, DtypeError for the index's dtype. Source: torch.take_along_dim.
 */
export function takeAlongAxis<T extends Value>(x: T, index: T, { axis }: TakeAlongAxisOptions = {}): T {
  requireTensor("takeAlongAxis", "x", x);
  requireDtype("takeAlongAxis", "index", index, ["i32", "u32"]);
  if (axis === undefined) {
    const row = reshape(index, [elementCount(index.shape)]);
    return takeAlongAxis(reshape(x, [elementCount(x.shape)]), row, { axis: 0 });
  }
  const along = normalizeAxis("takeAlongAxis", axis, x.shape.length);
  if (index.shape.length !== x.shape.length) {
    throw new ShapeError(
      `takeAlongAxis: index ${printShape(index.shape)} and x ${printShape(x.shape)} have other numbers of axes; they must have the same.`,
    );
  }
  const without = (shape: readonly number[]) => shape.map((size, other) => (other === along ? 1 : size));
  const common = broadcastShapes("takeAlongAxis", [without(x.shape), without(index.shape)]);
  const full = (value: T) =>
    broadcastTo(
      value,
      common.map((size, other) => (other === along ? value.shape[along] : size)),
    );
  return gather(full(x), fromStart(full(index), x.shape[along]), { axis: along });
}

/** Negative indices counted from the start. */
function fromStart<T extends Value>(index: T, size: number): T {
  const counted = cast(index, "i32");
  return index.dtype === "u32" ? counted : where(less(counted, 0), add(counted, size), counted);
}
