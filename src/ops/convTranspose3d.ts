// convTranspose3d: the transpose of a convolution over depth, height and width.

import type { Value } from "../graph/node.ts";
import { conv2dInputGradient } from "./conv2dInputGradient.ts";
import { addBias, type ConvTransposeOptions, requireConvTranspose } from "./convGeometry.ts";
import { channelsToTaps, depthToItems, planeConv } from "./depthTaps.ts";
import { reshape } from "./reshape.ts";

/**
 * The transpose of `conv3d` with the same weight and geometry. x: [batch, channels in, depth, height, width], w: [channels
 * in, channels out / groups, kernel depth, kernel height, kernel width], f32 or f16; y: [batch, channels out, depth',
 * height', width'], each of them (size - 1) stride - 2 padding + dilation (kernel - 1) + outputPadding + 1.
 * Memory: what each tap along depth gives is added up afterwards, so that for a while there is kernel depth / stride times
 * the memory of y, and in its gradient; where windows of the plane overlap, x is set in order first, a copy. A kernel of
 * [depth, 1, 1], or windows side by side, copy nothing.
 * Throws ShapeError, DtypeError or UsageError where they do not fit. Source: torch.nn.functional.conv_transpose3d.
 */
export function convTranspose3d<T extends Value>(
  x: T,
  w: T,
  options: ConvTransposeOptions<T, readonly [z: number, y: number, x: number]> = {},
): T {
  const geometry = requireConvTranspose("convTranspose3d", x, w, options, 3);
  const [batch, channels] = x.shape;
  const channelsOut = w.shape[1] * geometry.groups;
  const conv = planeConv(geometry, batch, channelsOut, channels);
  const spread = conv2dInputGradient(depthToItems(x, conv), reshape(w, conv.attrs.weight), conv.attrs);
  const shape = [batch, channelsOut, ...geometry.axes.map(({ input }) => input)];
  return addBias(channelsToTaps(spread, conv, shape), options.bias);
}
