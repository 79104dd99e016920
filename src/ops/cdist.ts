// cdist: how far each row of one batch is from each row of another.

import { ShapeError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { broadcastShapes, printShape } from "../tensor/shape.ts";
import { norm, requireNormP } from "./norm.ts";
import { unsqueeze } from "./squeeze.ts";
import { sub } from "./sub.ts";

/**
 * y[..., i, j] = the p-norm (default 2) of a[..., i, :] - b[..., j, :]; its slope is 0 where the rows are equal. a: [..., rows,
 * size], b: [..., cols, size], f32 or f16, whose batches broadcast; the result is [..., rows, cols]. Differences are taken one
 * by one, and never by |a|^2 + |b|^2 - 2ab, which loses small distances.
 * Throws ShapeError or DtypeError where they do not fit, UsageError for a negative p. Source: torch.cdist.
 */
export function cdist<T extends Value>(a: T, b: T, { p = 2 }: { readonly p?: number } = {}): T {
  for (const [name, x] of Object.entries({ a, b })) {
    requireFloating("cdist", name, x);
    const { shape } = x;
    if (shape.length < 2) {
      throw new ShapeError(`cdist: ${name} is ${printShape(shape)}; it must be [..., rows, size].`);
    }
  }
  requireNormP("cdist", p);
  const [size, other] = [a.shape[a.shape.length - 1], b.shape[b.shape.length - 1]];
  if (size !== other) {
    throw new ShapeError(
      `cdist: a is ${printShape(a.shape)} and b ${printShape(b.shape)}; their last sizes must be equal.`,
    );
  }
  broadcastShapes("cdist", [a.shape.slice(0, -2), b.shape.slice(0, -2)]);
  return norm(sub(unsqueeze(a, -2), unsqueeze(b, -3)), { p, axis: -1 });
}
