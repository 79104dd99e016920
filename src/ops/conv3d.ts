// conv3d: a convolution over depth, height and width, as a two-dimensional one that sees taps along depth as channels.

import type { Value } from "../graph/node.ts";
import { conv2dOf } from "./conv2d.ts";
import { type ConvOptions, requireConv } from "./convGeometry.ts";
import { itemsToDepth, planeConv, tapsToChannels } from "./depthTaps.ts";
import { reshape } from "./reshape.ts";

/**
 * The cross-correlation of x with w. x: [batch, channels in, depth, height, width], w: [channels out, channels in / groups,
 * kernel depth, kernel height, kernel width], f32 or f16; y: [batch, channels out, depth', height', width'], each of them
 * floor((size + before + after - dilation (kernel - 1) - 1) / stride) + 1.
 * Memory: where windows of the plane overlap, their slices are set in order first, and in training kept: kernel depth / stride
 * times the memory of x; as much for a while in its gradient. Padding along depth is one more copy of x, unless what makes
 * x writes it there. A kernel of [depth, 1, 1], or windows side by side in the plane, copy nothing.
 * Throws ShapeError, DtypeError or UsageError where they do not fit. Source: torch.nn.functional.conv3d, which has no
 * [before, after].
 */
export function conv3d<T extends Value>(
  x: T,
  w: T,
  options: ConvOptions<T, readonly [z: number, y: number, x: number]> = {},
): T {
  const geometry = requireConv("conv3d", x, w, options, 3);
  const [batch, channels] = x.shape;
  const conv = planeConv(geometry, batch, channels, w.shape[0]);
  const y = conv2dOf(tapsToChannels(x, conv), reshape(w, conv.attrs.weight), conv.attrs, options.bias);
  return itemsToDepth(y, conv, [batch, w.shape[0], ...geometry.axes.map(({ output }) => output)]);
}
