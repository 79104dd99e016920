// A row of indices, stretched along all other axes. A view.

import type { Value } from "../graph/node.ts";
import type { Shape } from "../tensor/shape.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { reshape } from "./reshape.ts";

/** `row` [n] as a tensor of `shape` with n along `axis`, in which every line along the axis is the row. */
export function alongAxis<T extends Value>(row: T, axis: number, shape: Shape): T {
  const count = row.shape[0];
  const own = shape.map((_, other) => (other === axis ? count : 1));
  return broadcastTo(
    reshape(row, own),
    shape.map((size, other) => (other === axis ? count : size)),
  );
}
