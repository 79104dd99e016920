// im2col: windows of pictures as columns of a matrix.

import type { Spec, Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { requireRank } from "../tensor/shape.ts";
import { pad } from "./pad.ts";
import { permute } from "./permute.ts";
import { reshape } from "./reshape.ts";
import { requireEach, requirePlaces, requireSliding, type SlidingAxis } from "./slidingWindow.ts";
import { windowsAlong } from "./unfold.ts";
import type { Pair } from "./window.ts";

/** How the window moves. Pairs are [y, x]. */
export interface ColumnsOptions {
  /** Steps between neighbouring windows. Default 1. */
  readonly stride?: Pair;
  /** Zeros on each side. Default 0. */
  readonly padding?: Pair;
  /** Distance between the elements of a window. Default 1. */
  readonly dilation?: Pair;
}

/** The window along each axis of pictures of these sizes, and how many places it has there. */
export function requireColumns(
  op: string,
  sizes: readonly number[],
  kernelSize: Pair,
  options: ColumnsOptions,
): (SlidingAxis & { readonly input: number; readonly output: number })[] {
  const kernel = requireEach(op, "kernelSize", kernelSize, 2, 1);
  return requireSliding(op, kernel, options).map((window, axis) => {
    const input = sizes[axis];
    return { ...window, input, output: requirePlaces(op, axis - 2, input, window) };
  });
}

/**
 * The windows of each picture as columns, row by row of places. x: [batch, channels, height, width], any dtype; y: [batch,
 * channels * kernel height * kernel width, places]. Without padding it is a view. Throws ShapeError for another rank or
 * where no window fits in, UsageError for sizes that are none. Source: torch.nn.functional.unfold.
 */
export function im2col<T extends Value>(x: T, kernelSize: Pair, options: ColumnsOptions = {}): T {
  requireTensor("im2col", "x", x);
  requirePictures(x);
  const [batch, channels, ...sizes] = x.shape;
  const [y, row] = requireColumns("im2col", sizes, kernelSize, options);
  const padded = pad(x, [row.before, row.after, y.before, y.after]);
  const rows = windowsAlong(padded, 2, { size: y.kernel, step: y.stride, dilation: y.dilation });
  const windows = windowsAlong(rows, 3, { size: row.kernel, step: row.stride, dilation: row.dilation });
  const columns = permute(windows, [0, 1, 4, 5, 2, 3]); // [batch, channels, tap y, tap x, place y, place x]
  return reshape(columns, [batch, channels * y.kernel * row.kernel, y.output * row.output]);
}

function requirePictures(x: Spec): void {
  requireRank("im2col", "x", x.shape, 4, "[batch, channels, height, width]");
}
