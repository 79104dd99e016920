// conv1d: a convolution along one axis, which is that of pictures of one row.

import type { Value } from "../graph/node.ts";
import { conv2dOf } from "./conv2d.ts";
import { conv2dAttrs } from "./conv2dShape.ts";
import { type ConvOptions, requireConv, unitAxis } from "./convGeometry.ts";
import { reshape } from "./reshape.ts";

/**
 * The cross-correlation of x with w. x: [batch, channels in, length], w: [channels out, channels in / groups, kernel
 * length], f32 or f16; y: [batch, channels out, length'] with
 * length' = floor((length + before + after - dilation (kernel - 1) - 1) / stride) + 1. No padding costs a copy.
 * Throws ShapeError, DtypeError or UsageError where they do not fit. Source: torch.nn.functional.conv1d, which has no
 * [before, after].
 */
export function conv1d<T extends Value>(x: T, w: T, options: ConvOptions<T, readonly [x: number]> = {}): T {
  const { axes, groups } = requireConv("conv1d", x, w, options, 1);
  const [batch, channels] = x.shape;
  // Along rows, as the kernels go: neighbouring invocations read neighbours, and taps share what they load.
  const attrs = conv2dAttrs(batch, channels, w.shape[0], [unitAxis, ...axes], groups);
  const y = conv2dOf(reshape(x, attrs.input), reshape(w, attrs.weight), attrs, options.bias);
  return reshape(y, [batch, w.shape[0], axes[0].output]);
}
