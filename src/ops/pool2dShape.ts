// What the kernels of poolings share: sizes and the loop over windows.

import type { Pool2dSizes } from "../kernels/pool2d.ts";
import { elementCount, type Shape } from "../tensor/shape.ts";
import { type Window, windowFields } from "./window.ts";

/** A pooling's geometry: x is `input` and y is `output`, both [batch, channels, height, width]. */
export interface Pool2dAttrs {
  readonly window: Window;
  readonly input: Shape;
  readonly output: Shape;
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
