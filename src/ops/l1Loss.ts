// l1Loss: the mean absolute difference.

import { ShapeError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { isSameShape, printShape } from "../tensor/shape.ts";
import { abs } from "./abs.ts";
import { type Reduction, reduceLosses } from "./reduceLosses.ts";
import { sub } from "./sub.ts";

/** |x - target|, reduced. Both of one shape, f32 or f16. Throws ShapeError where they differ. Source: torch.nn.functional.l1_loss. */
export function l1Loss<T extends Value>(
  x: T,
  target: T,
  { reduction = "mean" }: { readonly reduction?: Reduction } = {},
): T {
  requireTensor("l1Loss", "x", x);
  requireTensor("l1Loss", "target", target);
  if (!isSameShape(x.shape, target.shape)) {
    throw new ShapeError(
      `l1Loss: x is ${printShape(x.shape)} and target ${printShape(target.shape)}; they must have the same shape.`,
    );
  }
  return reduceLosses("l1Loss", abs(sub(x, target)), reduction);
}
