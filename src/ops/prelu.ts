// prelu: leakyRelu with slopes that are learned.

import { ShapeError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { printShape } from "../tensor/shape.ts";
import { greater } from "./greater.ts";
import { mul } from "./mul.ts";
import { reshape } from "./reshape.ts";
import { where } from "./where.ts";

/**
 * x where x > 0, else weight * x. x: any shape; weight: [1], or [channels] with a slope for each place of x's second axis; f32
 * or f16. Throws ShapeError where weight does not fit, DtypeError for integers. Source: torch.nn.functional.prelu; He et al. 2015.
 */
export function prelu<T extends Value>(x: T, weight: T): T {
  requireFloating("prelu", "x", x);
  requireFloating("prelu", "weight", weight);
  const isAbove = greater(x, 0);
  // 0 where it is not chosen, so that no infinity comes into the gradient of the slopes.
  return where(isAbove, x, mul(where(isAbove, 0, x), slopesFor(x, weight)));
}

/** The slopes, with an axis of 1 for each axis of x after the second. */
function slopesFor<T extends Value>({ shape }: T, weight: T): T {
  const channels = shape.length > 1 ? shape[1] : 1;
  const isScalar = weight.shape.length === 0;
  if (!isScalar && (weight.shape.length > 1 || (weight.shape[0] !== 1 && weight.shape[0] !== channels))) {
    const allowed = channels === 1 ? "[1]" : `[1] or [${channels}]`;
    throw new ShapeError(
      `prelu: weight is ${printShape(weight.shape)} for x of ${printShape(shape)}; it must be ${allowed}.`,
    );
  }
  if (isScalar || weight.shape[0] === 1) return reshape(weight, []);
  return reshape(weight, [channels, ...shape.slice(2).map(() => 1)]);
}
