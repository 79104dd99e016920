// Conv1d: the layer of a convolution along one axis.

import type { Tensor } from "../api/tensor.ts";
import type { ConvOptions } from "../ops/convGeometry.ts";
import { conv1d } from "../ops/index.ts";
import { type ConvLayerOptions, Convolution } from "./convolution.ts";

type Axes = readonly [x: number];

/** How a Conv1d layer is made. */
export type Conv1dOptions = ConvLayerOptions<Axes>;

/**
 * Cross-correlation. x: [batch, inChannels, length], f32 or f16; y: [batch, outChannels, length'], each size being
 * floor((size + 2 padding - dilation (kernel - 1) - 1) / stride) + 1.
 * Parameters: weight [outChannels, inChannels / groups, kernel x], bias [outChannels], both U(-k, k) with k = 1 /
 * sqrt(inChannels / groups * kernel x).
 * Throws UsageError for sizes that do not fit. Source: torch.nn.Conv1d.
 */
export class Conv1d extends Convolution<Axes> {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: number | Axes,
    options: Conv1dOptions = {},
  ) {
    super({ layer: "Conv1d", axes: 1 }, inChannels, outChannels, kernelSize, options);
  }

  protected convolve(x: Tensor, options: ConvOptions<Tensor, Axes>): Tensor {
    return conv1d(x, this.weight, options);
  }
}
