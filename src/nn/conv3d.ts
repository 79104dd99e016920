// Conv3d: the layer of a convolution over depth, height and width.

import type { Tensor } from "../api/tensor.ts";
import type { ConvOptions } from "../ops/convGeometry.ts";
import { conv3d } from "../ops/index.ts";
import { type ConvLayerOptions, Convolution } from "./convolution.ts";

type Axes = readonly [z: number, y: number, x: number];

/** How a Conv3d layer is made. A triple is [z, y, x]. */
export type Conv3dOptions = ConvLayerOptions<Axes>;

/**
 * Cross-correlation. x: [batch, inChannels, depth, height, width], f32 or f16; y: [batch, outChannels, depth',
 * height', width'], each size being floor((size + 2 padding - dilation (kernel - 1) - 1) / stride) + 1.
 * Parameters: weight [outChannels, inChannels / groups, kernel z, kernel y, kernel x], bias [outChannels], both
 * U(-k, k) with k = 1 / sqrt(inChannels / groups * kernel z * kernel y * kernel x).
 * Throws UsageError for sizes that do not fit. Source: torch.nn.Conv3d.
 */
export class Conv3d extends Convolution<Axes> {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: number | Axes,
    options: Conv3dOptions = {},
  ) {
    super({ layer: "Conv3d", axes: 3 }, inChannels, outChannels, kernelSize, options);
  }

  protected convolve(x: Tensor, options: ConvOptions<Tensor, Axes>): Tensor {
    return conv3d(x, this.weight, options);
  }
}
