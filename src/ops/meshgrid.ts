// meshgrid: the coordinates of a grid's points, one tensor for each axis.

import { ShapeError, UsageError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { elementCount, printShape } from "../tensor/shape.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { transpose } from "./permute.ts";
import { reshape } from "./reshape.ts";

/** How axes are ordered. */
export interface MeshgridOptions {
  /** "ij" (default): axis k belongs to list k. "xy": the first two are exchanged, as columns and rows of pictures. */
  readonly indexing?: "ij" | "xy";
}

/**
 * For each row of `list` its values, stretched along the axes of all others: result k at [i, j, …] is element i, j, … of
 * row k. Views, without a copy. Rows: any dtype; a scalar counts as a row of one. Throws ShapeError for more axes,
 * UsageError for an empty list or an unknown indexing. Source: torch.meshgrid.
 */
export function meshgrid<T extends Value>(
  list: readonly T[],
  { indexing = "ij" }: MeshgridOptions = {},
): T[] {
  if (list.length === 0)
    throw new UsageError("meshgrid: the list is empty; it must hold at least one tensor.");
  if (indexing !== "ij" && indexing !== "xy") {
    throw new UsageError(`meshgrid: indexing "${indexing}"; it must be "ij" or "xy".`);
  }
  for (const x of list) requireTensor("meshgrid", "one of the list", x);
  const deep = list.find(({ shape }) => shape.length > 1);
  if (deep !== undefined) {
    throw new ShapeError(
      `meshgrid: one of the list is ${printShape(deep.shape)}; it must have at most 1 axis.`,
    );
  }
  const sizes = list.map(({ shape }) => elementCount(shape));
  return list.map((row, index) => {
    const own = sizes.map((size, axis) => (axis === index ? size : 1));
    const full = broadcastTo(reshape(row, own), sizes);
    return indexing === "xy" && list.length > 1 ? transpose(full, 0, 1) : full;
  });
}
