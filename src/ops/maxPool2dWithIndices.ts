// maxPool1dWithIndices, maxPool2dWithIndices, maxPool3dWithIndices: the largest element of each window, and where it stands.

import { ShapeError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { elementCount, printShape } from "../tensor/shape.ts";
import { arangeNode } from "./arange.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { cast } from "./cast.ts";
import { type MaxPoolOptions, maxPoolGather, maxPoolOver } from "./maxPool2d.ts";
import { type PoolAxis, requirePool, type Single, type Triple } from "./poolAxes.ts";
import { reshape } from "./reshape.ts";
import type { ValuesAndIndices } from "./sort.ts";
import type { Pair } from "./window.ts";

/** From here on f32 has not every whole number, and places go through f32. */
const MOST_PLACES = 2 ** 24;

/**
 * `maxPool1d`, and where in its line of x each element stood (i32). Of equal ones the first, of several NaN the last.
 * Throws as `maxPool1d`, and ShapeError for lines longer than 2^24. Source: torch.nn.functional.max_pool1d with
 * return_indices.
 */
export function maxPool1dWithIndices<T extends Value>(
  x: T,
  kernelSize: Single,
  options: MaxPoolOptions<Single> = {},
): ValuesAndIndices<T> {
  requireTensor("maxPool1dWithIndices", "x", x);
  return largestAndPlaces("maxPool1dWithIndices", x, 1, kernelSize, options);
}

/**
 * `maxPool2d`, and where each element stood in its plane of x, counted row-major (i32). Of equal ones the first, of several
 * NaN the last; 0 for a dilated window of nothing but padding. Throws as `maxPool2d`, and ShapeError for planes of more than
 * 2^24 elements. Source: torch.nn.functional.max_pool2d with return_indices.
 */
export function maxPool2dWithIndices<T extends Value>(
  x: T,
  kernelSize: Pair,
  options: MaxPoolOptions<Pair> = {},
): ValuesAndIndices<T> {
  requireTensor("maxPool2dWithIndices", "x", x);
  return largestAndPlaces("maxPool2dWithIndices", x, 2, kernelSize, options);
}

/**
 * `maxPool3d`, and where each element stood in its volume of x, counted row-major (i32), as of `maxPool2dWithIndices`.
 * Throws as `maxPool3d`, and ShapeError for volumes of more than 2^24 elements. Source: torch.nn.functional.max_pool3d
 * with return_indices.
 */
export function maxPool3dWithIndices<T extends Value>(
  x: T,
  kernelSize: Triple,
  options: MaxPoolOptions<Triple> = {},
): ValuesAndIndices<T> {
  requireTensor("maxPool3dWithIndices", "x", x);
  return largestAndPlaces("maxPool3dWithIndices", x, 3, kernelSize, options);
}

function largestAndPlaces<T extends Value, S extends Single | Pair | Triple>(
  op: string,
  x: T,
  rank: number,
  kernelSize: S,
  options: MaxPoolOptions<S>,
): ValuesAndIndices<T> {
  const axes = requirePool(op, x, rank, kernelSize, options);
  return withPlaces(x, placesIn(op, x), axes);
}

/** The maxima of windows of `axes` over x, and what stands there in `places`. */
export function withPlaces<T extends Value>(x: T, places: T, axes: readonly PoolAxis[]): ValuesAndIndices<T> {
  return { values: maxPoolOver(x, axes), indices: cast(maxPoolGather(x, places, axes), "i32") };
}

/** Where behind its channel each element of x stands, as f32. Throws ShapeError where f32 does not know all places. */
export function placesIn<T extends Value>(op: string, x: T): T {
  const count = elementCount(x.shape.slice(2));
  if (count > MOST_PLACES) {
    throw new ShapeError(
      `${op}: x is ${printShape(x.shape)}, with ${count} places in each channel; at most ${MOST_PLACES} can be told apart.`,
    );
  }
  const places = x.derive(arangeNode(count, "f32"), [x]);
  return reshape(broadcastTo(places, [...x.shape.slice(0, 2), count]), x.shape);
}
