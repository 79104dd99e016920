// adaptiveMaxPool1d, adaptiveMaxPool2d, adaptiveMaxPool3d: the largest element of each of a given number of windows.
//
// What stands twice in a window changes neither its maximum nor which of its elements is the first or last such.

import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import type { OutputSize } from "./adaptiveAvgPool2d.ts";
import { adjoining, requireOutputs, sideBySide, unevenAxes } from "./adaptiveWindows.ts";
import { maxPoolOver } from "./maxPool2d.ts";
import { placesIn, withPlaces } from "./maxPool2dWithIndices.ts";
import type { ValuesAndIndices } from "./sort.ts";

/**
 * The largest element of each of `outputSize` windows, as `adaptiveMaxPool2d` has it. x: [batch, channels, length], f32 or
 * f16. Throws ShapeError, DtypeError or UsageError where they do not fit.
 * Source: torch.nn.functional.adaptive_max_pool1d.
 */
export function adaptiveMaxPool1d<T extends Value>(x: T, outputSize: OutputSize): T {
  requireTensor("adaptiveMaxPool1d", "x", x);
  return largest("adaptiveMaxPool1d", x, 1, outputSize);
}

/**
 * The largest element of each of [height, width] = `outputSize` windows, of which window i of n over an axis has elements
 * floor(i length / n) to ceil((i + 1) length / n) - 1. One number counts for all axes, null keeps an axis as it is; 1 is the
 * largest of each channel. x: [batch, channels, height, width], f32 or f16. Of equal elements the first, row-major, gets the
 * gradient, of several NaN the last. Throws ShapeError or DtypeError for x, UsageError for an outputSize that is not whole, below
 * 1, or above 46340 without dividing its axis. Source: torch.nn.functional.adaptive_max_pool2d.
 */
export function adaptiveMaxPool2d<T extends Value>(x: T, outputSize: OutputSize): T {
  requireTensor("adaptiveMaxPool2d", "x", x);
  return largest("adaptiveMaxPool2d", x, 2, outputSize);
}

/**
 * The largest element of each of `outputSize` windows, as `adaptiveMaxPool2d` has it. x: [batch, channels, depth, height,
 * width], f32 or f16. Throws ShapeError, DtypeError or UsageError where they do not fit.
 * Source: torch.nn.functional.adaptive_max_pool3d.
 */
export function adaptiveMaxPool3d<T extends Value>(x: T, outputSize: OutputSize): T {
  requireTensor("adaptiveMaxPool3d", "x", x);
  return largest("adaptiveMaxPool3d", x, 3, outputSize);
}

/** `adaptiveMaxPool1d`, and where the elements stood in x (i32), as of `maxPool1dWithIndices`. Throws as both. */
export function adaptiveMaxPool1dWithIndices<T extends Value>(
  x: T,
  outputSize: OutputSize,
): ValuesAndIndices<T> {
  requireTensor("adaptiveMaxPool1dWithIndices", "x", x);
  return largestAndPlaces("adaptiveMaxPool1dWithIndices", x, 1, outputSize);
}

/** `adaptiveMaxPool2d`, and where the elements stood in x (i32), as of `maxPool2dWithIndices`. Throws as both. */
export function adaptiveMaxPool2dWithIndices<T extends Value>(
  x: T,
  outputSize: OutputSize,
): ValuesAndIndices<T> {
  requireTensor("adaptiveMaxPool2dWithIndices", "x", x);
  return largestAndPlaces("adaptiveMaxPool2dWithIndices", x, 2, outputSize);
}

/** `adaptiveMaxPool3d`, and where the elements stood in x (i32), as of `maxPool3dWithIndices`. Throws as both. */
export function adaptiveMaxPool3dWithIndices<T extends Value>(
  x: T,
  outputSize: OutputSize,
): ValuesAndIndices<T> {
  requireTensor("adaptiveMaxPool3dWithIndices", "x", x);
  return largestAndPlaces("adaptiveMaxPool3dWithIndices", x, 3, outputSize);
}

function largest<T extends Value>(op: string, x: T, rank: number, outputSize: OutputSize): T {
  const outputs = requireOutputs(op, x, rank, outputSize);
  const list = sideBySide(x, unevenAxes(x, outputs));
  return maxPoolOver(list, adjoining(list, outputs));
}

function largestAndPlaces<T extends Value>(
  op: string,
  x: T,
  rank: number,
  outputSize: OutputSize,
): ValuesAndIndices<T> {
  const outputs = requireOutputs(op, x, rank, outputSize);
  const uneven = unevenAxes(x, outputs);
  const list = sideBySide(x, uneven);
  return withPlaces(list, sideBySide(placesIn(op, x), uneven), adjoining(list, outputs));
}
