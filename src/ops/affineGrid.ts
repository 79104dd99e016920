// affineGrid: where an affine map looks for each pixel of its result: what gridSample is given.

import { ShapeError, UsageError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { isSameShape, printShape, type Shape } from "../tensor/shape.ts";
import { add } from "./add.ts";
import { arangeNode } from "./arange.ts";
import { cast } from "./cast.ts";
import { div } from "./div.ts";
import { mul } from "./mul.ts";
import { reshape } from "./reshape.ts";
import { select } from "./select.ts";
import { sub } from "./sub.ts";

/** What -1 and 1 are. */
export interface AffineGridOptions {
  /** The middles of the corner pixels; else, as by default, the edges of the image. */
  readonly alignCorners?: boolean;
}

/**
 * The place theta [x, y, 1] of each pixel, where x and y run from -1 to 1: [batch, ...sizes, axes] for `size` [batch,
 * channels, ...sizes], the coordinate along the last axis first. theta: [batch, 2, 3] for images, [batch, 3, 4] for volumes,
 * f32 or f16. Throws DtypeError, ShapeError where theta does not fit size, or UsageError for a size that is none.
 * Source: torch.nn.functional.affine_grid.
 */
export function affineGrid<T extends Value>(
  theta: T,
  size: Shape,
  { alignCorners = false }: AffineGridOptions = {},
): T {
  requireFloating("affineGrid", "theta", theta);
  if ((size.length !== 4 && size.length !== 5) || !size.every((one) => Number.isInteger(one) && one >= 1)) {
    throw new UsageError(
      `affineGrid: size is ${printShape(size)}; it must be [batch, channels, height, width] or [batch, channels, depth, height, width], whole numbers of at least 1.`,
    );
  }
  const [batch, , ...sizes] = size;
  const rank = sizes.length;
  if (!isSameShape(theta.shape, [batch, rank, rank + 1])) {
    throw new ShapeError(
      `affineGrid: theta is ${printShape(theta.shape)} for size ${printShape(size)}; it must be [${batch}, ${rank}, ${rank + 1}].`,
    );
  }
  const ones = sizes.map(() => 1);
  const column = (index: number) => reshape(select(theta, 2, index), [batch, ...ones, rank]);
  // The last axis has the first column.
  const parts = sizes.map((count, axis) => {
    const own = ones.map((one, other) => (other === axis ? count : one));
    return mul(reshape(ruler(theta, count, alignCorners), [1, ...own, 1]), column(rank - 1 - axis));
  });
  return cast(
    parts.reduceRight((sum, part) => add(sum, part), column(rank)),
    theta.dtype,
  );
}

/** The middles of `count` pixels between -1 and 1. */
function ruler<T extends Value>(owner: T, count: number, alignCorners: boolean): T {
  const counted = owner.derive(arangeNode(count, "f32"), [owner]);
  return div(sub(mul(counted, 2), count - 1), alignCorners ? Math.max(1, count - 1) : count);
}
