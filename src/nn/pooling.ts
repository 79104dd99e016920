// Pooling layers.

import type { Tensor } from "../api/tensor.ts";
import { UsageError } from "../base/errors.ts";
import { avgPool2d, maxPool2d } from "../ops/index.ts";
import { type Pair, requirePair } from "../ops/window.ts";
import { Module } from "./module.ts";

type PerAxis = readonly [y: number, x: number];

/** How a MaxPool2d layer is made. A number counts for both axes; a pair is [y, x]. */
export interface MaxPool2dOptions {
  /** Default kernelSize. */
  readonly stride?: Pair;
  /** Default 0; at most half of kernelSize. */
  readonly padding?: Pair;
  /** Default 1. */
  readonly dilation?: Pair;
}

/** How an AvgPool2d layer is made. */
export interface AvgPool2dOptions {
  /** Default kernelSize. */
  readonly stride?: Pair;
  /** Default 0; at most half of kernelSize. */
  readonly padding?: Pair;
  /** Whether the zeros of the padding count in the mean. Default true. */
  readonly countIncludePad?: boolean;
}

/**
 * The largest value of each window. x: [batch, channels, height, width]; y: the same rank.
 * Throws UsageError for sizes that do not fit. Source: torch.nn.MaxPool2d.
 */
export class MaxPool2d extends Module {
  readonly kernelSize: PerAxis;
  readonly stride: PerAxis;
  readonly padding: PerAxis;
  readonly dilation: PerAxis;

  constructor(kernelSize: Pair, { stride = kernelSize, padding = 0, dilation = 1 }: MaxPool2dOptions = {}) {
    super();
    this.kernelSize = requirePair("MaxPool2d", "kernelSize", kernelSize, 1);
    this.stride = requirePair("MaxPool2d", "stride", stride, 1);
    this.padding = requirePoolPadding("MaxPool2d", padding, this.kernelSize);
    this.dilation = requirePair("MaxPool2d", "dilation", dilation, 1);
  }

  forward(x: Tensor): Tensor {
    const { kernelSize, stride, padding, dilation } = this;
    return maxPool2d(x, kernelSize, { stride, padding, dilation });
  }
}

/**
 * The mean of each window. x: [batch, channels, height, width]; y: the same rank.
 * Throws UsageError for sizes that do not fit. Source: torch.nn.AvgPool2d.
 */
export class AvgPool2d extends Module {
  readonly kernelSize: PerAxis;
  readonly stride: PerAxis;
  readonly padding: PerAxis;
  readonly countIncludePad: boolean;

  constructor(
    kernelSize: Pair,
    { stride = kernelSize, padding = 0, countIncludePad = true }: AvgPool2dOptions = {},
  ) {
    super();
    this.kernelSize = requirePair("AvgPool2d", "kernelSize", kernelSize, 1);
    this.stride = requirePair("AvgPool2d", "stride", stride, 1);
    this.padding = requirePoolPadding("AvgPool2d", padding, this.kernelSize);
    this.countIncludePad = countIncludePad;
  }

  forward(x: Tensor): Tensor {
    const { kernelSize, stride, padding, countIncludePad } = this;
    return avgPool2d(x, kernelSize, { stride, padding, countIncludePad });
  }
}

/** A window that saw nothing but padding would have no largest value. */
function requirePoolPadding(layer: string, padding: Pair, kernel: PerAxis): PerAxis {
  const pair = requirePair(layer, "padding", padding, 0);
  if (pair.every((size, axis) => size <= kernel[axis] / 2)) return pair;
  throw new UsageError(
    `${layer}: padding is [${pair.join(", ")}] and kernelSize [${kernel.join(", ")}]; ` +
      "padding must be at most half of kernelSize.",
  );
}
