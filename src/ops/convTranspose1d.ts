// convTranspose1d: the transpose of a convolution along one axis.

import type { Value } from "../graph/node.ts";
import { conv2dInputGradient } from "./conv2dInputGradient.ts";
import { conv2dAttrs } from "./conv2dShape.ts";
import { addBias, type ConvTransposeOptions, requireConvTranspose, unitAxis } from "./convGeometry.ts";
import { reshape } from "./reshape.ts";

/**
 * The transpose of `conv1d` with the same weight and geometry. x: [batch, channels in, length], w: [channels in, channels
 * out / groups, kernel length], f32 or f16; y: [batch, channels out, length'] with
 * length' = (length - 1) stride - 2 padding + dilation (kernel - 1) + outputPadding + 1.
 * Throws ShapeError, DtypeError or UsageError where they do not fit. Source: torch.nn.functional.conv_transpose1d.
 */
export function convTranspose1d<T extends Value>(
  x: T,
  w: T,
  options: ConvTransposeOptions<T, readonly [x: number]> = {},
): T {
  const { axes, groups } = requireConvTranspose("convTranspose1d", x, w, options, 1);
  const [batch, channels] = x.shape;
  const channelsOut = w.shape[1] * groups;
  const attrs = conv2dAttrs(batch, channelsOut, channels, [unitAxis, ...axes], groups);
  const y = conv2dInputGradient(reshape(x, attrs.output), reshape(w, attrs.weight), attrs);
  return addBias(reshape(y, [batch, channelsOut, axes[0].input]), options.bias);
}
