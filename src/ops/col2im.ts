// col2im: windows of pictures, as `im2col` has them, put in their places and added up where they overlap.

import { ShapeError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireFloating, requireTensor } from "../tensor/dtype.ts";
import { printShape, requireRank } from "../tensor/shape.ts";
import { type ColumnsOptions, requireColumns } from "./im2col.ts";
import { overlapAdd } from "./overlapAdd.ts";
import { permute } from "./permute.ts";
import { reshape } from "./reshape.ts";
import { requireEach } from "./slidingWindow.ts";
import type { Pair } from "./window.ts";

/**
 * The adjoint of `im2col`: pictures of `outputSize`. x: [batch, channels * kernel height * kernel width, places], f32 or f16;
 * y: [batch, channels, height, width]. Throws ShapeError where x does not have as many rows and places, DtypeError for other
 * dtypes, UsageError for sizes that are none. Source: torch.nn.functional.fold.
 */
export function col2im<T extends Value>(
  x: T,
  outputSize: Pair,
  kernelSize: Pair,
  options: ColumnsOptions = {},
): T {
  requireTensor("col2im", "x", x);
  requireRank("col2im", "x", x.shape, 3, "[batch, channels * kernel height * kernel width, places]");
  requireFloating("col2im", "x", x);
  const sizes = requireEach("col2im", "outputSize", outputSize, 2, 1);
  const [y, row] = requireColumns("col2im", sizes, kernelSize, options);
  const [batch, lines, places] = x.shape;
  const taps = y.kernel * row.kernel;
  if (lines % taps !== 0 || places !== y.output * row.output) {
    throw new ShapeError(
      `col2im: x is ${printShape(x.shape)} for windows of ${y.kernel} x ${row.kernel} at ${y.output} x ${row.output} places; ` +
        `it must have a multiple of ${taps} rows and ${y.output * row.output} columns.`,
    );
  }
  const channels = lines / taps;
  const windows = reshape(x, [batch, channels, y.kernel, row.kernel, y.output, row.output]);
  const tall = overlapAdd(permute(windows, [0, 1, 4, 3, 5, 2]), 2, optionsOf(y)); // [batch, channels, height, tap x, place x]
  return overlapAdd(permute(tall, [0, 1, 2, 4, 3]), 3, optionsOf(row));
}

function optionsOf({ stride, input, ...axis }: ReturnType<typeof requireColumns>[number]) {
  return { ...axis, step: stride, length: input };
}
