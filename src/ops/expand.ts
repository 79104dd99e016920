// expand: axes of size 1 stretched, by the sizes that are wanted or -1 for those that stay.

import { ShapeError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { printShape, type Shape } from "../tensor/shape.ts";
import { broadcastTo } from "./broadcastTo.ts";

/**
 * `x` stretched to `shape`, without a copy: a size of -1 keeps that axis of x, new axes may stand in front. x: any
 * dtype. Throws ShapeError where it does not fit, or for -1 at an axis that x has not. Source: torch.Tensor.expand.
 */
export function expand<T extends Value>(x: T, shape: Shape): T {
  requireTensor("expand", "x", x);
  const added = shape.length - x.shape.length;
  const open = shape.findIndex((size, axis) => size === -1 && axis < added);
  if (open >= 0) {
    throw new ShapeError(
      `expand: shape ${printShape(shape)} has -1 at axis ${open}, which ${printShape(x.shape)} lacks; new axes need a size.`,
    );
  }
  return broadcastTo(
    x,
    shape.map((size, axis) => (size === -1 ? x.shape[axis - added] : size)),
  );
}
