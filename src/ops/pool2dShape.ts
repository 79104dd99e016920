// What the poolings share: sizes and the loop over windows.

import { UsageError } from "../base/errors.ts";
import type { Spec } from "../graph/node.ts";
import type { Pool2dSizes } from "../kernels/pool2d.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { elementCount, requireRank, type Shape } from "../tensor/shape.ts";
import { type Pair, requirePair, type Window, windowFields, windowPositions } from "./window.ts";

/** How the window moves. Pairs are [y, x]. */
export interface Pool2dOptions {
  /** Default: the kernel size. */
  readonly stride?: Pair;
  /** At most half of the kernel size. Default 0. */
  readonly padding?: Pair;
}

/** A pooling's geometry: x is `input` and y is `output`, both [batch, channels, height, width]. */
export interface Pool2dAttrs {
  readonly window: Window;
  readonly input: Shape;
  readonly output: Shape;
}

/** Checks a pooling of `x`. Throws ShapeError, DtypeError or UsageError where it cannot be. */
export function requirePool2d(
  op: string,
  x: Spec,
  kernelSize: Pair,
  { stride = kernelSize, padding = 0, dilation = 1 }: Pool2dOptions & { readonly dilation?: Pair },
): Pool2dAttrs {
  requireRank(op, "x", x.shape, 4, "[batch, channels, height, width]");
  requireFloating(op, "x", x.dtype);
  const window = {
    kernel: requirePair(op, "the kernel size", kernelSize, 1),
    stride: requirePair(op, "stride", stride, 1),
    padding: requirePair(op, "padding", padding, 0),
    dilation: requirePair(op, "dilation", dilation, 1),
  };
  window.padding.forEach((value, axis) => {
    if (2 * value > window.kernel[axis]) {
      throw new UsageError(
        `${op}: padding ${value} for a window of ${window.kernel[axis]}; it must be at most half of it.`,
      );
    }
  });
  const [batch, channels, height, width] = x.shape;
  const positions = windowPositions(op, [height, width], window);
  return { window, input: [...x.shape], output: [batch, channels, ...positions] };
}

/** The sizes as the kernels name them. */
export function pool2dSizes({ window, input, output }: Pool2dAttrs): Pool2dSizes {
  return {
    planes: elementCount(input.slice(0, 2)),
    heightIn: input[2],
    widthIn: input[3],
    heightOut: output[2],
    widthOut: output[3],
    ...windowFields(window),
  };
}

/** Calls `visit` for each window with its place in y and the places of x in it, row-major, padding left out. */
export function forEachWindow(
  { window, input, output }: Pool2dAttrs,
  visit: (y: number, xs: number[]) => void,
): void {
  const [height, width] = input.slice(2);
  const inside = (from: number, size: number, axis: 0 | 1) =>
    Array.from(
      { length: window.kernel[axis] },
      (_, tap) => from * window.stride[axis] - window.padding[axis] + tap * window.dilation[axis],
    ).filter((place) => place >= 0 && place < size);
  for (let plane = 0; plane < elementCount(input.slice(0, 2)); plane++) {
    for (let oy = 0; oy < output[2]; oy++) {
      for (let ox = 0; ox < output[3]; ox++) {
        const columns = inside(ox, width, 1);
        const xs = inside(oy, height, 0).flatMap((iy) =>
          columns.map((ix) => (plane * height + iy) * width + ix),
        );
        visit((plane * output[2] + oy) * output[3] + ox, xs);
      }
    }
  }
}
