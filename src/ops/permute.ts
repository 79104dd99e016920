// permute: axes in another order, without a copy; and transpose, which swaps two.

import { ShapeError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { permuteLayout } from "../tensor/layout.ts";
import { normalizeAxis } from "../tensor/shape.ts";
import { apply, defineView } from "./define.ts";

const record = defineView<{ order: readonly number[] }>({
  name: "permute",
  output: ([x], { order }) => ({ shape: order.map((axis) => x.shape[axis]), dtype: x.dtype }),
  layout: (input, { order }) => permuteLayout(input, order),
  gradient: ({ dy, attrs: { order } }) => [permute(dy, inverse(order))],
  simplify: ({ inputs: [x], attrs: { order } }) => (isIdentity(order) ? x : undefined),
});

/**
 * Axis a of the result is axis order[a] of `x`. x: any dtype.
 * Throws ShapeError unless `order` names every axis once. Source: torch.permute.
 */
export function permute<T extends Value>(x: T, order: readonly number[]): T {
  requireTensor("permute", "x", x);
  const rank = x.shape.length;
  const axes = order.map((axis) => normalizeAxis("permute", axis, rank));
  if (axes.length !== rank || new Set(axes).size !== rank) {
    throw new ShapeError(
      `permute: order [${order.join(", ")}] does not fit ${rank} axes; it must name each axis exactly once.`,
    );
  }
  return isIdentity(axes) ? x : apply(record, [x], { order: axes });
}

/** Axes `a` and `b` swapped (the last two where not given). Throws ShapeError for an axis out of range. Source: torch.transpose. */
export function transpose<T extends Value>(x: T, a = -2, b = -1): T {
  requireTensor("transpose", "x", x);
  const rank = x.shape.length;
  const first = normalizeAxis("transpose", a, rank);
  const second = normalizeAxis("transpose", b, rank);
  const order = x.shape.map((_, axis) => axis);
  order[first] = second;
  order[second] = first;
  return permute(x, order);
}

function inverse(order: readonly number[]): number[] {
  const result = new Array<number>(order.length);
  order.forEach((axis, position) => {
    result[axis] = position;
  });
  return result;
}

function isIdentity(order: readonly number[]): boolean {
  return order.every((axis, position) => axis === position);
}
