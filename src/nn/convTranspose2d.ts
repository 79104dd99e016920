// ConvTranspose2d: the layer of a transposed convolution.

import type { Tensor } from "../api/tensor.ts";
import { UsageError } from "../base/errors.ts";
import { convTranspose2d } from "../ops/index.ts";
import { type Pair, requirePair } from "../ops/window.ts";
import { requireSize } from "./arguments.ts";
import { initUniform } from "./initUniform.ts";
import { Module } from "./module.ts";

type PerAxis = readonly [y: number, x: number];

/** How a ConvTranspose2d layer is made. A number counts for both axes; a pair is [y, x]. */
export interface ConvTranspose2dLayerOptions {
  /** Steps in the output between neighbours of the input. Default 1. */
  readonly stride?: Pair;
  /** Rows and columns left out at each side of the output. Default 0. */
  readonly padding?: Pair;
  /** Rows and columns added at the lower and right side. Default 0. */
  readonly outputPadding?: Pair;
  /** Channels are cut into so many groups that do not see each other. Default 1. */
  readonly groups?: number;
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean;
  /** Steps between the elements of the kernel. Default 1. */
  readonly dilation?: Pair;
}

/**
 * The transpose of a convolution. x: [batch, inChannels, height, width], f32 or f16; y: [batch, outChannels, height',
 * width'] with height' = (height - 1) stride - 2 padding + dilation (kernel - 1) + outputPadding + 1.
 * Parameters: weight [inChannels, outChannels / groups, kernel y, kernel x], bias [outChannels], both U(-k, k) with
 * k = 1 / sqrt(outChannels / groups * kernel y * kernel x).
 * Throws UsageError for sizes that do not fit. Source: torch.nn.ConvTranspose2d.
 */
export class ConvTranspose2d extends Module {
  readonly stride: PerAxis;
  readonly padding: PerAxis;
  readonly outputPadding: PerAxis;
  readonly groups: number;
  readonly dilation: PerAxis;
  readonly weight: Tensor;
  readonly bias: Tensor | undefined;

  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: Pair,
    options: ConvTranspose2dLayerOptions = {},
  ) {
    super();
    const { stride = 1, padding = 0, outputPadding = 0, groups = 1, bias = true, dilation = 1 } = options;
    requireChannels(inChannels, outChannels, groups);
    const kernel = requirePair("ConvTranspose2d", "kernelSize", kernelSize, 1);
    this.stride = requirePair("ConvTranspose2d", "stride", stride, 1);
    this.padding = requirePair("ConvTranspose2d", "padding", padding, 0);
    this.outputPadding = requirePair("ConvTranspose2d", "outputPadding", outputPadding, 0);
    this.dilation = requirePair("ConvTranspose2d", "dilation", dilation, 1);
    this.groups = groups;
    const fanIn = (outChannels / groups) * kernel[0] * kernel[1];
    this.weight = initUniform([inChannels, outChannels / groups, ...kernel], fanIn);
    this.bias = bias ? initUniform([outChannels], fanIn) : undefined;
  }

  forward(x: Tensor): Tensor {
    const { stride, padding, outputPadding, dilation, groups, bias } = this;
    return convTranspose2d(x, this.weight, { bias, stride, padding, outputPadding, dilation, groups });
  }
}

function requireChannels(inChannels: number, outChannels: number, groups: number): void {
  requireSize("ConvTranspose2d", "inChannels", inChannels);
  requireSize("ConvTranspose2d", "outChannels", outChannels);
  requireSize("ConvTranspose2d", "groups", groups);
  if (inChannels % groups === 0 && outChannels % groups === 0) return;
  throw new UsageError(
    `ConvTranspose2d: groups is ${groups}, inChannels ${inChannels} and outChannels ${outChannels}; ` +
      "groups must divide both.",
  );
}
