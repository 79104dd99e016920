// convTranspose2d: the transpose of a convolution, which spreads each input over a window of outputs.
//
// It is what a convolution's gradient does to dy, so it is that: the same kernels, and the same gradients.

import type { Value } from "../graph/node.ts";
import { conv2dInputGradient } from "./conv2dInputGradient.ts";
import { conv2dAttrs } from "./conv2dShape.ts";
import { addBias, type ConvTransposeOptions, requireConvTranspose } from "./convGeometry.ts";

/** How the window moves over the output. Pairs are [y, x]. */
export type ConvTranspose2dOptions<T extends Value> = ConvTransposeOptions<
  T,
  readonly [y: number, x: number]
>;

/**
 * The transpose of `conv2d` with the same weight and geometry. x: [batch, channels in, height, width], w: [channels in,
 * channels out / groups, kernel height, kernel width], f32 or f16; y: [batch, channels out, height', width'] with
 * height' = (height - 1) stride - 2 padding + dilation (kernel - 1) + outputPadding + 1.
 * Throws ShapeError, DtypeError or UsageError where they do not fit. Source: torch.nn.functional.conv_transpose2d.
 */
export function convTranspose2d<T extends Value>(x: T, w: T, options: ConvTranspose2dOptions<T> = {}): T {
  const { axes, groups } = requireConvTranspose("convTranspose2d", x, w, options, 2);
  const [batch, channels] = x.shape;
  const attrs = conv2dAttrs(batch, w.shape[1] * groups, channels, axes, groups);
  return addBias(conv2dInputGradient(x, w, attrs), options.bias);
}
