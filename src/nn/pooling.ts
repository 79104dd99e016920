// Pooling layers whose windows have a size: largest values, means and norms.

import type { Tensor } from "../api/tensor.ts";
import { type AvgPoolOptions, avgPoolOver } from "../ops/avgPool2d.ts";
import { type LpPoolOptions, lpPoolOver, requireNormType } from "../ops/lpPool2d.ts";
import { type MaxPoolOptions, maxPoolOver } from "../ops/maxPool2d.ts";
import { placesIn, withPlaces } from "../ops/maxPool2dWithIndices.ts";
import {
  type PoolAxis,
  requireDivisor,
  requirePool,
  requireWindows,
  type Single,
  type Sizes,
  type Triple,
} from "../ops/poolAxes.ts";
import type { ValuesAndIndices } from "../ops/sort.ts";
import type { Pair } from "../ops/window.ts";
import { Module } from "./module.ts";

/** How a MaxPool2d layer is made. A number counts for both axes; a pair is [y, x]. */
export type MaxPool2dOptions = MaxPoolOptions<Pair>;

/** How an AvgPool2d layer is made. */
export type AvgPool2dOptions = AvgPoolOptions<Pair>;

/** What is common to layers whose windows have a size. Sizes are kept as one number for each axis. */
abstract class WindowPool extends Module {
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly ceilMode: boolean;
  private readonly layer: string;

  constructor(layer: string, rank: number, kernelSize: Sizes, options: MaxPoolOptions<Sizes>) {
    super();
    const windows = requireWindows(layer, rank, kernelSize, options);
    this.kernelSize = windows.map(({ kernel }) => kernel);
    this.stride = windows.map(({ stride }) => stride);
    this.padding = windows.map(({ padding }) => padding);
    this.dilation = windows.map(({ dilation }) => dilation);
    this.ceilMode = options.ceilMode ?? false;
    this.layer = layer;
  }

  /** The windows over x. */
  protected axesOver(x: Tensor): PoolAxis[] {
    return requirePool<Sizes>(this.layer, x, this.kernelSize.length, this.kernelSize, this);
  }

  /** Where behind its channel each element of x stands. */
  protected placesOf(x: Tensor): Tensor {
    return placesIn(this.layer, x);
  }
}

abstract class MaxPool extends WindowPool {
  forward(x: Tensor): Tensor {
    return maxPoolOver(x, this.axesOver(x));
  }

  /** What `forward` gives, and where in its channel of x each value stood (i32): PyTorch's return_indices. */
  forwardWithIndices(x: Tensor): ValuesAndIndices<Tensor> {
    const axes = this.axesOver(x);
    return withPlaces(x, this.placesOf(x), axes);
  }
}

/**
 * The largest value of each window. x: [batch, channels, length]; y: the same rank. `forwardWithIndices` also says where
 * they stood. Throws UsageError for sizes that do not fit. Source: torch.nn.MaxPool1d.
 */
export class MaxPool1d extends MaxPool {
  constructor(kernelSize: Single, options: MaxPoolOptions<Single> = {}) {
    super("MaxPool1d", 1, kernelSize, options);
  }
}

/**
 * The largest value of each window. x: [batch, channels, height, width]; y: the same rank. `forwardWithIndices` also says
 * where they stood. Throws UsageError for sizes that do not fit. Source: torch.nn.MaxPool2d.
 */
export class MaxPool2d extends MaxPool {
  constructor(kernelSize: Pair, options: MaxPool2dOptions = {}) {
    super("MaxPool2d", 2, kernelSize, options);
  }
}

/**
 * The largest value of each window. x: [batch, channels, depth, height, width]; y: the same rank. `forwardWithIndices`
 * also says where they stood. Throws UsageError for sizes that do not fit. Source: torch.nn.MaxPool3d.
 */
export class MaxPool3d extends MaxPool {
  constructor(kernelSize: Triple, options: MaxPoolOptions<Triple> = {}) {
    super("MaxPool3d", 3, kernelSize, options);
  }
}

abstract class AvgPool extends WindowPool {
  readonly countIncludePad: boolean;
  readonly divisorOverride: number | undefined;

  constructor(layer: string, rank: number, kernelSize: Sizes, options: AvgPoolOptions<Sizes>) {
    const { stride, padding, ceilMode, countIncludePad = true, divisorOverride } = options;
    super(layer, rank, kernelSize, { stride, padding, ceilMode });
    requireDivisor(layer, divisorOverride);
    this.countIncludePad = countIncludePad;
    this.divisorOverride = divisorOverride;
  }

  forward(x: Tensor): Tensor {
    return avgPoolOver(x, this.axesOver(x), this);
  }
}

/**
 * The mean of each window. x: [batch, channels, length]; y: the same rank. Throws UsageError for sizes that do not fit.
 * Source: torch.nn.AvgPool1d.
 */
export class AvgPool1d extends AvgPool {
  constructor(kernelSize: Single, options: AvgPoolOptions<Single> = {}) {
    super("AvgPool1d", 1, kernelSize, options);
  }
}

/**
 * The mean of each window. x: [batch, channels, height, width]; y: the same rank.
 * Throws UsageError for sizes that do not fit. Source: torch.nn.AvgPool2d.
 */
export class AvgPool2d extends AvgPool {
  constructor(kernelSize: Pair, options: AvgPool2dOptions = {}) {
    super("AvgPool2d", 2, kernelSize, options);
  }
}

/**
 * The mean of each window. x: [batch, channels, depth, height, width]; y: the same rank.
 * Throws UsageError for sizes that do not fit. Source: torch.nn.AvgPool3d.
 */
export class AvgPool3d extends AvgPool {
  constructor(kernelSize: Triple, options: AvgPoolOptions<Triple> = {}) {
    super("AvgPool3d", 3, kernelSize, options);
  }
}

abstract class LPPool extends WindowPool {
  readonly normType: number;

  constructor(
    layer: string,
    rank: number,
    normType: number,
    kernelSize: Sizes,
    { stride, ceilMode }: LpPoolOptions<Sizes>,
  ) {
    super(layer, rank, kernelSize, { stride, ceilMode });
    requireNormType(layer, "normType", normType);
    this.normType = normType;
  }

  forward(x: Tensor): Tensor {
    return lpPoolOver(x, this.normType, this.axesOver(x));
  }
}

/**
 * (sum x^normType)^(1/normType) of each window. x: [batch, channels, length]; y: the same rank.
 * Throws UsageError for sizes or powers that do not fit. Source: torch.nn.LPPool1d.
 */
export class LPPool1d extends LPPool {
  constructor(normType: number, kernelSize: Single, options: LpPoolOptions<Single> = {}) {
    super("LPPool1d", 1, normType, kernelSize, options);
  }
}

/**
 * (sum x^normType)^(1/normType) of each window. x: [batch, channels, height, width]; y: the same rank.
 * Throws UsageError for sizes or powers that do not fit. Source: torch.nn.LPPool2d.
 */
export class LPPool2d extends LPPool {
  constructor(normType: number, kernelSize: Pair, options: LpPoolOptions<Pair> = {}) {
    super("LPPool2d", 2, normType, kernelSize, options);
  }
}

/**
 * (sum x^normType)^(1/normType) of each window. x: [batch, channels, depth, height, width]; y: the same rank.
 * Throws UsageError for sizes or powers that do not fit. Source: torch.nn.LPPool3d.
 */
export class LPPool3d extends LPPool {
  constructor(normType: number, kernelSize: Triple, options: LpPoolOptions<Triple> = {}) {
    super("LPPool3d", 3, normType, kernelSize, options);
  }
}
