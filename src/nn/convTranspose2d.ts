// ConvTranspose2d: the layer of a transposed convolution over pictures.

import type { Tensor } from "../api/tensor.ts";
import type { ConvTransposeOptions } from "../ops/convGeometry.ts";
import { convTranspose2d } from "../ops/index.ts";
import { type ConvTransposeLayerOptions, TransposedConvolution } from "./convolution.ts";

type Axes = readonly [y: number, x: number];

/** How a ConvTranspose2d layer is made. A pair is [y, x]. */
export type ConvTranspose2dLayerOptions = ConvTransposeLayerOptions<Axes>;

/**
 * The transpose of a convolution. x: [batch, inChannels, height, width], f32 or f16; y: [batch, outChannels,
 * height', width'], each size being (size - 1) stride - 2 padding + dilation (kernel - 1) + outputPadding + 1.
 * Parameters: weight [inChannels, outChannels / groups, kernel y, kernel x], bias [outChannels], both U(-k, k)
 * with k = 1 / sqrt(outChannels / groups * kernel y * kernel x).
 * Throws UsageError for sizes that do not fit. Source: torch.nn.ConvTranspose2d.
 */
export class ConvTranspose2d extends TransposedConvolution<Axes> {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: number | Axes,
    options: ConvTranspose2dLayerOptions = {},
  ) {
    super({ layer: "ConvTranspose2d", axes: 2 }, inChannels, outChannels, kernelSize, options);
  }

  protected spread(x: Tensor, options: ConvTransposeOptions<Tensor, Axes>): Tensor {
    return convTranspose2d(x, this.weight, options);
  }
}
