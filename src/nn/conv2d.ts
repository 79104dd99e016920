// Conv2d: the layer of a convolution over pictures.

import type { Tensor } from "../api/tensor.ts";
import type { ConvOptions } from "../ops/convGeometry.ts";
import { conv2d } from "../ops/index.ts";
import { type ConvLayerOptions, Convolution } from "./convolution.ts";

type Axes = readonly [y: number, x: number];

/** How a Conv2d layer is made. A pair is [y, x]. */
export type Conv2dOptions = ConvLayerOptions<Axes>;

/**
 * Cross-correlation. x: [batch, inChannels, height, width], f32 or f16; y: [batch, outChannels, height', width'],
 * each size being floor((size + 2 padding - dilation (kernel - 1) - 1) / stride) + 1.
 * Parameters: weight [outChannels, inChannels / groups, kernel y, kernel x], bias [outChannels], both U(-k, k)
 * with k = 1 / sqrt(inChannels / groups * kernel y * kernel x).
 * Throws UsageError for sizes that do not fit. Source: torch.nn.Conv2d.
 */
export class Conv2d extends Convolution<Axes> {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: number | Axes,
    options: Conv2dOptions = {},
  ) {
    super({ layer: "Conv2d", axes: 2 }, inChannels, outChannels, kernelSize, options);
  }

  protected convolve(x: Tensor, options: ConvOptions<Tensor, Axes>): Tensor {
    return conv2d(x, this.weight, options);
  }
}
