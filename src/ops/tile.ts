// tile: a tensor several times side by side, along each of its axes.

import { requireWhole } from "../base/requireWhole.ts";
import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { reshape } from "./reshape.ts";

/**
 * `x` repeats[a] times along axis a, aligned at the last axis: axes that either lacks count as 1. x: any dtype.
 * Throws UsageError unless all are whole numbers of at least 0. Source: torch.tile.
 */
export function tile<T extends Value>(x: T, repeats: readonly number[]): T {
  requireTensor("tile", "x", x);
  return tileAs("tile", x, repeats);
}

/** `tile` for the op named `op`. */
export function tileAs<T extends Value>(op: string, x: T, repeats: readonly number[]): T {
  for (const count of repeats) requireWhole(`${op}: a repeat`, count, 0);
  const rank = Math.max(repeats.length, x.shape.length);
  const ones = (count: number) => new Array<number>(count).fill(1);
  const sizes = [...ones(rank - x.shape.length), ...x.shape];
  const times = [...ones(rank - repeats.length), ...repeats];
  const apart = reshape(
    x,
    sizes.flatMap((size) => [1, size]),
  );
  const wide = broadcastTo(
    apart,
    sizes.flatMap((size, axis) => [times[axis], size]),
  );
  return reshape(
    wide,
    sizes.map((size, axis) => size * times[axis]),
  );
}
