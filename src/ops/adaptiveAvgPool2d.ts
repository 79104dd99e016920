// adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d: the mean of each of a given number of windows.

import { product, range } from "../base/integers.ts";
import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import {
  adjoining,
  endsOf,
  requireOutputs,
  sideBySide,
  tapsOf,
  type UnevenAxis,
  unevenAxes,
} from "./adaptiveWindows.ts";
import { add } from "./add.ts";
import { alongAxis } from "./alongAxis.ts";
import { arangeNode } from "./arange.ts";
import { avgPoolOver } from "./avgPool2d.ts";
import { cast } from "./cast.ts";
import { div } from "./div.ts";
import { lessEqual } from "./lessEqual.ts";
import { mean } from "./mean.ts";
import { sub } from "./sub.ts";
import { where } from "./where.ts";

/** How many results there are along each axis: one number for all, or one for each; null keeps the axis as it is. */
export type OutputSize = number | null | readonly (number | null)[];

/**
 * The mean of each of `outputSize` windows, as `adaptiveAvgPool2d` has it. x: [batch, channels, length], f32 or f16.
 * Throws ShapeError, DtypeError or UsageError where they do not fit. Source: torch.nn.functional.adaptive_avg_pool1d.
 */
export function adaptiveAvgPool1d<T extends Value>(x: T, outputSize: OutputSize): T {
  requireTensor("adaptiveAvgPool1d", "x", x);
  return meansOf("adaptiveAvgPool1d", x, 1, outputSize);
}

/**
 * The mean of each of [height, width] = `outputSize` windows, of which window i of n over an axis has elements
 * floor(i length / n) to ceil((i + 1) length / n) - 1. One number counts for all axes, null keeps an axis as it is; 1 is the
 * mean of each channel, as mean(x, { axis: [2, 3], keepDims: true }). x: [batch, channels, height, width], f32 or f16. Throws
 * ShapeError or DtypeError for x, UsageError for an outputSize that is not whole, below 1, or above 46340 without dividing
 * its axis. Source: torch.nn.functional.adaptive_avg_pool2d.
 */
export function adaptiveAvgPool2d<T extends Value>(x: T, outputSize: OutputSize): T {
  requireTensor("adaptiveAvgPool2d", "x", x);
  return meansOf("adaptiveAvgPool2d", x, 2, outputSize);
}

/**
 * The mean of each of `outputSize` windows, as `adaptiveAvgPool2d` has it. x: [batch, channels, depth, height, width], f32
 * or f16. Throws ShapeError, DtypeError or UsageError where they do not fit.
 * Source: torch.nn.functional.adaptive_avg_pool3d.
 */
export function adaptiveAvgPool3d<T extends Value>(x: T, outputSize: OutputSize): T {
  requireTensor("adaptiveAvgPool3d", "x", x);
  return meansOf("adaptiveAvgPool3d", x, 3, outputSize);
}

function meansOf<T extends Value>(op: string, x: T, rank: number, outputSize: OutputSize): T {
  const outputs = requireOutputs(op, x, rank, outputSize);
  if (outputs.every((size) => size === 1)) return mean(x, { axis: range(2, rank + 2), keepDims: true });
  const uneven = unevenAxes(x, outputs);
  // Sums may be too large for f16.
  const all = cast(sideBySide(x, uneven), uneven.length > 0 ? "f32" : x.dtype);
  const list = uneven.reduce((y, one) => where(isOnce(y, one), y, 0), all);
  const axes = adjoining(list, outputs);
  const isEven = (index: number) => !uneven.some(({ axis }) => axis === index + 2);
  const divisorOverride = product(axes.map(({ kernel }, index) => (isEven(index) ? kernel : 1)));
  const sums = avgPoolOver(list, axes, { divisorOverride });
  const means = uneven.reduce((y, one) => div(y, sizesAlong(y, one)), sums);
  return cast(means, x.dtype);
}

/** Of windows side by side, which elements are in them and not there a second time. */
function isOnce<T extends Value>(x: T, one: UnevenAxis): T {
  const { first, last, tap } = tapsOf(x, one);
  return alongAxis(lessEqual(add(first, tap), last), one.axis, x.shape);
}

/** How many elements each window has, for all of y, the sums of windows. */
function sizesAlong<T extends Value>(y: T, one: UnevenAxis): T {
  const { first, last } = endsOf(y.derive(arangeNode(one.output, "i32"), [y]), one);
  return alongAxis(cast(add(sub(last, first), 1), y.dtype), one.axis, y.shape);
}
