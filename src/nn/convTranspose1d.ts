// ConvTranspose1d: the layer of a transposed convolution along one axis.

import type { Tensor } from "../api/tensor.ts";
import type { ConvTransposeOptions } from "../ops/convGeometry.ts";
import { convTranspose1d } from "../ops/index.ts";
import { type ConvTransposeLayerOptions, TransposedConvolution } from "./convolution.ts";

type Axes = readonly [x: number];

/** How a ConvTranspose1d layer is made. */
export type ConvTranspose1dLayerOptions = ConvTransposeLayerOptions<Axes>;

/**
 * The transpose of a convolution. x: [batch, inChannels, length], f32 or f16; y: [batch, outChannels, length'],
 * each size being (size - 1) stride - 2 padding + dilation (kernel - 1) + outputPadding + 1.
 * Parameters: weight [inChannels, outChannels / groups, kernel x], bias [outChannels], both U(-k, k) with k = 1 /
 * sqrt(outChannels / groups * kernel x).
 * Throws UsageError for sizes that do not fit. Source: torch.nn.ConvTranspose1d.
 */
export class ConvTranspose1d extends TransposedConvolution<Axes> {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: number | Axes,
    options: ConvTranspose1dLayerOptions = {},
  ) {
    super({ layer: "ConvTranspose1d", axes: 1 }, inChannels, outChannels, kernelSize, options);
  }

  protected spread(x: Tensor, options: ConvTransposeOptions<Tensor, Axes>): Tensor {
    return convTranspose1d(x, this.weight, options);
  }
}
