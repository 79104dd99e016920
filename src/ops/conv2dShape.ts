// What the three directions of a 2-D convolution share: sizes, attributes, and the loops that define them all.

import type { Node } from "../graph/node.ts";
import { type Conv2dSizes, isPointwise } from "../kernels/conv2dSizes.ts";
import type { Shape } from "../tensor/shape.ts";
import type { ConvAxis } from "./convGeometry.ts";
import { reshape } from "./reshape.ts";
import { type Window, windowFields } from "./window.ts";

/**
 * A convolution's geometry; `input` is [batch, channels in, height, width] and `weight` [channels out, in / groups, kh, kw].
 * The window's padding is what stands before each axis. What stands behind it follows from the output's size, which is
 * free: taps outside of the input count as 0.
 */
export interface Conv2dAttrs {
  readonly window: Window;
  readonly groups: number;
  readonly input: Shape;
  readonly weight: Shape;
  /** [batch, channels out, height, width] */
  readonly output: Shape;
}

/** The attributes of a convolution with these numbers of channels. */
export function conv2dAttrs(
  batch: number,
  channelsIn: number,
  channelsOut: number,
  [y, x]: readonly ConvAxis[],
  groups: number,
): Conv2dAttrs {
  return {
    window: {
      kernel: [y.kernel, x.kernel],
      stride: [y.stride, x.stride],
      padding: [y.before, x.before],
      dilation: [y.dilation, x.dilation],
    },
    groups,
    input: [batch, channelsIn, y.input, x.input],
    weight: [channelsOut, channelsIn / groups, y.kernel, x.kernel],
    output: [batch, channelsOut, y.output, x.output],
  };
}

/** The sizes as the kernels name them. */
export function conv2dSizes({ window, groups, input, output }: Conv2dAttrs): Conv2dSizes {
  return {
    batch: input[0],
    channelsIn: input[1],
    channelsOut: output[1],
    heightIn: input[2],
    widthIn: input[3],
    heightOut: output[2],
    widthOut: output[3],
    groups,
    ...windowFields(window),
  };
}

/** Calls `visit` with the places of x, w and y for every product that the convolution adds up. */
export function forEachProduct(attrs: Conv2dAttrs, visit: (x: number, w: number, y: number) => void): void {
  const { window, groups, input, weight, output } = attrs;
  const [batch, channelsIn, height, width] = input;
  const [channelsOut, channelsPerGroup, kernelHeight, kernelWidth] = weight;
  const outPerGroup = channelsOut / groups;
  const row = (position: number, tap: number, axis: 0 | 1) =>
    position * window.stride[axis] - window.padding[axis] + tap * window.dilation[axis];
  for (let n = 0; n < batch; n++) {
    for (let co = 0; co < channelsOut; co++) {
      for (let oy = 0; oy < output[2]; oy++) {
        for (let ox = 0; ox < output[3]; ox++) {
          const y = ((n * channelsOut + co) * output[2] + oy) * output[3] + ox;
          for (let c = 0; c < channelsPerGroup; c++) {
            const ci = Math.floor(co / outPerGroup) * channelsPerGroup + c;
            for (let ky = 0; ky < kernelHeight; ky++) {
              const iy = row(oy, ky, 0);
              if (iy < 0 || iy >= height) continue;
              for (let kx = 0; kx < kernelWidth; kx++) {
                const ix = row(ox, kx, 1);
                if (ix < 0 || ix >= width) continue;
                const w = ((co * channelsPerGroup + c) * kernelHeight + ky) * kernelWidth + kx;
                visit(((n * channelsIn + ci) * height + iy) * width + ix, w, y);
              }
            }
          }
        }
      }
    }
  }
}

/** Whether an item's convolution is a product of matrices: [channels out, channels in] by [channels in, pixels]. */
export function isMatrixProduct(attrs: Conv2dAttrs): boolean {
  return attrs.groups === 1 && isPointwise(conv2dSizes(attrs));
}

/** The filters of a pointwise convolution as a matrix: [channels out, channels in]. */
export function filterMatrix(w: Node): Node {
  return reshape(w, w.shape.slice(0, 2));
}

/** Pictures as matrices: [batch, channels, pixels]. */
export function pixelMatrices(x: Node): Node {
  const [batch, channels, height, width] = x.shape;
  return reshape(x, [batch, channels, height * width]);
}
