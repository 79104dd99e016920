// Conv2d: the convolution layer.

import type { Tensor } from "../api/tensor.ts";
import { UsageError } from "../base/errors.ts";
import { conv2d } from "../ops/index.ts";
import { type Pair, requirePair } from "../ops/window.ts";
import { requireSize } from "./arguments.ts";
import { initUniform } from "./initUniform.ts";
import { Module } from "./module.ts";

type PerAxis = readonly [y: number, x: number];

/** How a Conv2d layer is made. A number counts for both axes; a pair is [y, x]. */
export interface Conv2dOptions {
  /** Default 1. */
  readonly stride?: Pair;
  /** Zeros on each side; "valid" is 0, "same" keeps the size of x. Default 0. */
  readonly padding?: Pair | "valid" | "same";
  /** Steps between the elements of the kernel. Default 1. */
  readonly dilation?: Pair;
  /** Channels are cut into so many groups that do not see each other. Default 1. */
  readonly groups?: number;
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean;
}

/**
 * Cross-correlation. x: [batch, inChannels, height, width], f32 or f16; y: [batch, outChannels, height', width'] with
 * height' = floor((height + 2 padding - dilation (kernel - 1) - 1) / stride) + 1.
 * Parameters: weight [outChannels, inChannels / groups, kernel y, kernel x], bias [outChannels], both U(-k, k) with
 * k = 1 / sqrt(inChannels / groups * kernel y * kernel x).
 * Throws UsageError for sizes that do not fit. Source: torch.nn.Conv2d.
 */
export class Conv2d extends Module {
  readonly stride: PerAxis;
  readonly padding: PerAxis;
  readonly dilation: PerAxis;
  readonly groups: number;
  readonly weight: Tensor;
  readonly bias: Tensor | undefined;

  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: Pair,
    { stride = 1, padding = 0, dilation = 1, groups = 1, bias = true }: Conv2dOptions = {},
  ) {
    super();
    requireChannels(inChannels, outChannels, groups);
    const kernel = requirePair("Conv2d", "kernelSize", kernelSize, 1);
    this.stride = requirePair("Conv2d", "stride", stride, 1);
    this.dilation = requirePair("Conv2d", "dilation", dilation, 1);
    this.padding = requirePadding(padding, kernel, this.stride, this.dilation);
    this.groups = groups;
    const fanIn = (inChannels / groups) * kernel[0] * kernel[1];
    this.weight = initUniform([outChannels, inChannels / groups, ...kernel], fanIn);
    this.bias = bias ? initUniform([outChannels], fanIn) : undefined;
  }

  forward(x: Tensor): Tensor {
    const { stride, padding, dilation, groups, bias } = this;
    return conv2d(x, this.weight, { bias, stride, padding, dilation, groups });
  }
}

function requireChannels(inChannels: number, outChannels: number, groups: number): void {
  requireSize("Conv2d", "inChannels", inChannels);
  requireSize("Conv2d", "outChannels", outChannels);
  requireSize("Conv2d", "groups", groups);
  if (inChannels % groups === 0 && outChannels % groups === 0) return;
  throw new UsageError(
    `Conv2d: groups is ${groups}, inChannels ${inChannels} and outChannels ${outChannels}; ` +
      "groups must divide both.",
  );
}

function requirePadding(
  padding: Pair | "valid" | "same",
  kernel: PerAxis,
  stride: PerAxis,
  dilation: PerAxis,
): PerAxis {
  if (padding === "valid") return [0, 0];
  if (padding !== "same") return requirePair("Conv2d", "padding", padding, 0);
  if (stride[0] !== 1 || stride[1] !== 1) {
    throw new UsageError(
      `Conv2d: padding is "same" and stride [${stride.join(", ")}]; "same" needs stride 1.`,
    );
  }
  const reach = kernel.map((size, axis) => dilation[axis] * (size - 1));
  if (reach.some((size) => size % 2 !== 0)) {
    throw new UsageError(
      `Conv2d: padding is "same", kernelSize [${kernel.join(", ")}] and dilation [${dilation.join(", ")}]; ` +
        'for "same" dilation * (kernelSize - 1) must be even, so that both sides get as much.',
    );
  }
  return [reach[0] / 2, reach[1] / 2];
}
