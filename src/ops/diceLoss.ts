// diceLoss: how little a mask covers another.

import { range } from "../base/integers.ts";
import type { Value } from "../graph/node.ts";
import { add } from "./add.ts";
import { div } from "./div.ts";
import { requireAlike } from "./lossInputs.ts";
import { mul } from "./mul.ts";
import { requireAtLeast } from "./numberOptions.ts";
import { type Reduction, reduceLosses } from "./reduceLosses.ts";
import type { AxisOptions } from "./reduction.ts";
import { sub } from "./sub.ts";
import { sum } from "./sum.ts";

/** How `diceLoss` is computed. */
export interface DiceLossOptions extends Pick<AxisOptions, "axis"> {
  /** "mean" (default), "sum", or "none". */
  readonly reduction?: Reduction;
  /** What is added above and below, so that two empty masks are alike. Default 1. */
  readonly smooth?: number;
}

/**
 * 1 - (2 sum(x target) + smooth) / (sum x + sum target + smooth), with sums over `axis` (default all but the first), reduced.
 * x: probabilities; target: numbers from 0 to 1; both of one shape, f32 or f16.
 * Throws ShapeError or DtypeError where they do not fit, UsageError for a negative smooth or an unknown reduction.
 * Source: Milletari, Navab, Ahmadi, "V-Net", 2016, without the squares below.
 */
export function diceLoss<T extends Value>(
  x: T,
  target: T,
  { reduction = "mean", smooth = 1, axis }: DiceLossOptions = {},
): T {
  requireAlike("diceLoss", { x, target });
  requireAtLeast("diceLoss", "smooth", smooth, 0);
  const axes = { axis: axis ?? range(1, x.shape.length) };
  const both = sum(mul(x, target), axes);
  const either = sum(add(x, target), axes);
  const share = div(add(mul(both, 2), smooth), add(either, smooth));
  return reduceLosses("diceLoss", sub(1, share), reduction);
}
