// cumprod: running products along an axis.

import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { running } from "./cumsum.ts";
import { scanAlong } from "./scanAlong.ts";

/**
 * y[…, j, …] = x[…, 0, …] * … * x[…, j, …] along `axis`. x: any dtype; bool counts as i32, whole numbers wrap at 32 bits.
 * Gradients divide by nothing, so that zeros are as good as other numbers. Throws ShapeError for an axis out of range.
 * Source: torch.cumprod.
 */
export function cumprod<T extends Value>(x: T, axis: number): T {
  requireTensor("cumprod", "x", x);
  return scanAlong("cumprod", x, axis, (middle) => running(middle, "prod"));
}
