// repeat: a tensor several times side by side, with a number for every axis.

import { ShapeError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { printShape } from "../tensor/shape.ts";
import { tileAs } from "./tile.ts";

/**
 * `x` repeats[a] times along axis a, aligned at the last axis; new axes may stand in front. x: any dtype.
 * Throws ShapeError for fewer numbers than axes, UsageError unless all are whole numbers of at least 0.
 * Source: torch.Tensor.repeat.
 */
export function repeat<T extends Value>(x: T, repeats: readonly number[]): T {
  requireTensor("repeat", "x", x);
  if (repeats.length < x.shape.length) {
    throw new ShapeError(
      `repeat: ${repeats.length} repeats for x ${printShape(x.shape)}; there must be one for each of its axes at least.`,
    );
  }
  return tileAs("repeat", x, repeats);
}
