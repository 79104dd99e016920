// Pooling layers that are told how many results there are to be.

import type { Tensor } from "../api/tensor.ts";
import { requireOutputSize } from "../ops/adaptiveWindows.ts";
import {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool1dWithIndices,
  adaptiveMaxPool2d,
  adaptiveMaxPool2dWithIndices,
  adaptiveMaxPool3d,
  adaptiveMaxPool3dWithIndices,
  type OutputSize,
} from "../ops/index.ts";
import type { ValuesAndIndices } from "../ops/sort.ts";
import { Module } from "./module.ts";

abstract class AdaptivePool extends Module {
  readonly outputSize: readonly (number | null)[];

  constructor(layer: string, rank: number, outputSize: OutputSize) {
    super();
    this.outputSize = requireOutputSize(layer, rank, outputSize);
  }
}

/**
 * The mean of each of `outputSize` windows. x: [batch, channels, length]; y: [batch, channels, outputSize].
 * Throws UsageError for sizes that are not whole or below 1. Source: torch.nn.AdaptiveAvgPool1d.
 */
export class AdaptiveAvgPool1d extends AdaptivePool {
  constructor(outputSize: OutputSize) {
    super("AdaptiveAvgPool1d", 1, outputSize);
  }

  forward(x: Tensor): Tensor {
    return adaptiveAvgPool1d(x, this.outputSize);
  }
}

/**
 * The mean of each of [height, width] = `outputSize` windows, one number for both; null keeps an axis as it is, and 1 is
 * the mean of each channel. x: [batch, channels, height, width]. Throws UsageError for sizes that are not whole or below 1.
 * Source: torch.nn.AdaptiveAvgPool2d.
 */
export class AdaptiveAvgPool2d extends AdaptivePool {
  constructor(outputSize: OutputSize) {
    super("AdaptiveAvgPool2d", 2, outputSize);
  }

  forward(x: Tensor): Tensor {
    return adaptiveAvgPool2d(x, this.outputSize);
  }
}

/**
 * The mean of each of [depth, height, width] = `outputSize` windows, as AdaptiveAvgPool2d. x: [batch, channels, depth,
 * height, width]. Throws UsageError for sizes that are not whole or below 1. Source: torch.nn.AdaptiveAvgPool3d.
 */
export class AdaptiveAvgPool3d extends AdaptivePool {
  constructor(outputSize: OutputSize) {
    super("AdaptiveAvgPool3d", 3, outputSize);
  }

  forward(x: Tensor): Tensor {
    return adaptiveAvgPool3d(x, this.outputSize);
  }
}

/**
 * The largest value of each of `outputSize` windows. x: [batch, channels, length]; y: [batch, channels, outputSize].
 * `forwardWithIndices` also says where they stood (i32). Throws UsageError for sizes that are not whole or below 1.
 * Source: torch.nn.AdaptiveMaxPool1d.
 */
export class AdaptiveMaxPool1d extends AdaptivePool {
  constructor(outputSize: OutputSize) {
    super("AdaptiveMaxPool1d", 1, outputSize);
  }

  forward(x: Tensor): Tensor {
    return adaptiveMaxPool1d(x, this.outputSize);
  }

  forwardWithIndices(x: Tensor): ValuesAndIndices<Tensor> {
    return adaptiveMaxPool1dWithIndices(x, this.outputSize);
  }
}

/**
 * The largest value of each of [height, width] = `outputSize` windows, one number for both; null keeps an axis as it is, and
 * 1 is the largest of each channel. x: [batch, channels, height, width]. `forwardWithIndices` also says where they stood
 * (i32). Throws UsageError for sizes that are not whole or below 1. Source: torch.nn.AdaptiveMaxPool2d.
 */
export class AdaptiveMaxPool2d extends AdaptivePool {
  constructor(outputSize: OutputSize) {
    super("AdaptiveMaxPool2d", 2, outputSize);
  }

  forward(x: Tensor): Tensor {
    return adaptiveMaxPool2d(x, this.outputSize);
  }

  forwardWithIndices(x: Tensor): ValuesAndIndices<Tensor> {
    return adaptiveMaxPool2dWithIndices(x, this.outputSize);
  }
}

/**
 * The largest value of each of [depth, height, width] = `outputSize` windows, as AdaptiveMaxPool2d. x: [batch, channels,
 * depth, height, width]. Throws UsageError for sizes that are not whole or below 1. Source: torch.nn.AdaptiveMaxPool3d.
 */
export class AdaptiveMaxPool3d extends AdaptivePool {
  constructor(outputSize: OutputSize) {
    super("AdaptiveMaxPool3d", 3, outputSize);
  }

  forward(x: Tensor): Tensor {
    return adaptiveMaxPool3d(x, this.outputSize);
  }

  forwardWithIndices(x: Tensor): ValuesAndIndices<Tensor> {
    return adaptiveMaxPool3dWithIndices(x, this.outputSize);
  }
}
