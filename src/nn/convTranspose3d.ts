// ConvTranspose3d: the layer of a transposed convolution over depth, height and width.

import type { Tensor } from "../api/tensor.ts";
import type { ConvTransposeOptions } from "../ops/convGeometry.ts";
import { convTranspose3d } from "../ops/index.ts";
import { type ConvTransposeLayerOptions, TransposedConvolution } from "./convolution.ts";

type Axes = readonly [z: number, y: number, x: number];

/** How a ConvTranspose3d layer is made. A triple is [z, y, x]. */
export type ConvTranspose3dLayerOptions = ConvTransposeLayerOptions<Axes>;

/**
 * The transpose of a convolution. x: [batch, inChannels, depth, height, width], f32 or f16; y: [batch,
 * outChannels, depth', height', width'], each size being (size - 1) stride - 2 padding + dilation (kernel - 1) +
 * outputPadding + 1.
 * Parameters: weight [inChannels, outChannels / groups, kernel z, kernel y, kernel x], bias [outChannels], both
 * U(-k, k) with k = 1 / sqrt(outChannels / groups * kernel z * kernel y * kernel x).
 * Throws UsageError for sizes that do not fit. Source: torch.nn.ConvTranspose3d.
 */
export class ConvTranspose3d extends TransposedConvolution<Axes> {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: number | Axes,
    options: ConvTranspose3dLayerOptions = {},
  ) {
    super({ layer: "ConvTranspose3d", axes: 3 }, inChannels, outChannels, kernelSize, options);
  }

  protected spread(x: Tensor, options: ConvTransposeOptions<Tensor, Axes>): Tensor {
    return convTranspose3d(x, this.weight, options);
  }
}
