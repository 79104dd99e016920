// mseLoss: the mean squared difference.

import { ShapeError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { isSameShape, printShape } from "../tensor/shape.ts";
import { type Reduction, reduceLosses } from "./reduceLosses.ts";
import { square } from "./square.ts";
import { sub } from "./sub.ts";

/** (x - target)^2, reduced. Both of one shape, f32 or f16. Throws ShapeError where they differ. Source: torch.nn.functional.mse_loss. */
export function mseLoss<T extends Value>(
  x: T,
  target: T,
  { reduction = "mean" }: { readonly reduction?: Reduction } = {},
): T {
  requireTensor("mseLoss", "x", x);
  requireTensor("mseLoss", "target", target);
  if (!isSameShape(x.shape, target.shape)) {
    throw new ShapeError(
      `mseLoss: x is ${printShape(x.shape)} and target ${printShape(target.shape)}; they must have the same shape.`,
    );
  }
  return reduceLosses("mseLoss", square(sub(x, target)), reduction);
}
