// moveAxis: axes brought to other places; the rest keep their order.

import { ShapeError } from "../base/errors.ts";
import { range } from "../base/integers.ts";
import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { normalizeAxis } from "../tensor/shape.ts";
import { permute } from "./permute.ts";

/**
 * `x` with axis source[i] at place destination[i], without a copy. x: any dtype. Throws ShapeError for axes out of
 * range or named twice, and unless there are as many of the one as of the other. Source: torch.movedim.
 */
export function moveAxis<T extends Value>(
  x: T,
  source: number | readonly number[],
  destination: number | readonly number[],
): T {
  requireTensor("moveAxis", "x", x);
  const rank = x.shape.length;
  const from = axesOf("source", source, rank);
  const to = axesOf("destination", destination, rank);
  if (from.length !== to.length) {
    throw new ShapeError(
      `moveAxis: ${from.length} axes go to ${to.length} places; there must be a place for each.`,
    );
  }
  const rest = range(0, rank).filter((axis) => !from.includes(axis));
  const places = new Map(to.map((place, index) => [place, from[index]]));
  let next = 0;
  return permute(
    x,
    range(0, rank).map((place) => places.get(place) ?? rest[next++]),
  );
}

/** Axes from 0 on, in the order given. */
function axesOf(what: string, axes: number | readonly number[], rank: number): number[] {
  const list = (typeof axes === "number" ? [axes] : axes).map((axis) =>
    normalizeAxis("moveAxis", axis, rank),
  );
  if (new Set(list).size === list.length) return list;
  throw new ShapeError(`moveAxis: ${what} [${list.join(", ")}] names an axis twice; each may stand once.`);
}
