// maskedFill: one value wherever a mask holds.

import { requireWhole } from "../base/requireWhole.ts";
import type { Value } from "../graph/node.ts";
import { constantNode } from "../graph/source.ts";
import { isFloating, requireDtype, requireTensor } from "../tensor/dtype.ts";
import { requireRank } from "../tensor/shape.ts";
import { cast } from "./cast.ts";
import type { Operand } from "./define.ts";
import { where } from "./where.ts";

/**
 * `x` with `value` where `mask` holds; x and mask broadcast. x: any dtype, which is the result's; mask: bool; value: a
 * number or a scalar, to which a gradient flows. Throws DtypeError for another mask, ShapeError where shapes do not fit
 * or the value is no scalar, UsageError for a fraction in whole numbers. Source: torch.masked_fill.
 */
export function maskedFill<T extends Value>(x: T, mask: T, value: Operand<T>): T {
  requireTensor("maskedFill", "x", x);
  requireDtype("maskedFill", "mask", mask, ["bool"]);
  if (typeof value !== "number") {
    requireRank("maskedFill", "value", value.shape, 0);
    return where(mask, cast(value, x.dtype), x);
  }
  if (!isFloating(x.dtype)) requireWhole(`maskedFill: value for ${x.dtype}`, value, -(2 ** 31), 2 ** 32 - 1);
  return where(mask, x.derive(constantNode(value, x.dtype), [x]), x);
}
