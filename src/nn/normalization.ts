// Normalisation layers: LayerNorm, RMSNorm, GroupNorm and LocalResponseNorm.

import { ones, type Tensor, zeros } from "../api/tensor.ts";
import { UsageError } from "../base/errors.ts";
import { requireEps } from "../ops/batchStatistics.ts";
import {
  groupNorm,
  type LocalResponseNormOptions,
  layerNorm,
  localResponseNorm,
  rmsNorm,
} from "../ops/index.ts";
import type { NormalizedShape } from "../ops/normRecord.ts";
import type { Shape } from "../tensor/shape.ts";
import { requireSize } from "./arguments.ts";
import { Module } from "./module.ts";
import { parameter } from "./parameter.ts";

/** How a LayerNorm layer is made. */
export interface LayerNormOptions {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
  /** Whether there are a weight and a bias. Default true. */
  readonly elementwiseAffine?: boolean;
  /** Whether there is a bias beside the weight. Default true. */
  readonly bias?: boolean;
}

/** How an RMSNorm layer is made. */
export interface RMSNormOptions {
  /** Added to the mean square. Default: the distance from 1 to the next f32. */
  readonly eps?: number;
  /** Whether there is a weight. Default true. */
  readonly elementwiseAffine?: boolean;
}

/**
 * Takes each run of the last axes to mean 0 and variance 1, then times weight plus bias. x and y:
 * [..., ...normalizedShape], f32 or f16. Parameters, unless turned off: weight (ones) and bias (zeros), both of
 * `normalizedShape`. Throws UsageError for sizes that are no whole numbers from 1. Source: torch.nn.LayerNorm.
 */
export class LayerNorm extends Module {
  readonly normalizedShape: Shape;
  readonly eps: number;
  readonly weight: Tensor | undefined;
  readonly bias: Tensor | undefined;

  constructor(
    normalizedShape: NormalizedShape,
    { eps = 1e-5, elementwiseAffine = true, bias = true }: LayerNormOptions = {},
  ) {
    super();
    this.normalizedShape = requireNormalizedShape("LayerNorm", normalizedShape);
    this.eps = eps;
    this.weight = elementwiseAffine ? parameter(ones(this.normalizedShape)) : undefined;
    this.bias = elementwiseAffine && bias ? parameter(zeros(this.normalizedShape)) : undefined;
  }

  forward(x: Tensor): Tensor {
    const { weight, bias, eps } = this;
    return layerNorm(x, this.normalizedShape, { weight, bias, eps });
  }
}

/**
 * Takes each run of the last axes to mean square 1, then times weight. x and y: [..., ...normalizedShape], f32 or f16.
 * Parameter, unless turned off: weight (ones), of `normalizedShape`.
 * Throws UsageError for sizes that are no whole numbers from 1. Source: torch.nn.RMSNorm.
 */
export class RMSNorm extends Module {
  readonly normalizedShape: Shape;
  readonly eps: number | undefined;
  readonly weight: Tensor | undefined;

  constructor(normalizedShape: NormalizedShape, { eps, elementwiseAffine = true }: RMSNormOptions = {}) {
    super();
    this.normalizedShape = requireNormalizedShape("RMSNorm", normalizedShape);
    this.eps = eps;
    this.weight = elementwiseAffine ? parameter(ones(this.normalizedShape)) : undefined;
  }

  forward(x: Tensor): Tensor {
    const { weight, eps } = this;
    return rmsNorm(x, this.normalizedShape, { weight, eps });
  }
}

/** How a GroupNorm layer is made. */
export interface GroupNormLayerOptions {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
  /** Whether there are a weight and a bias. Default true. */
  readonly affine?: boolean;
  /** Whether there is a bias beside the weight. Default true. */
  readonly bias?: boolean;
}

/**
 * Takes each group of numChannels / numGroups neighbouring channels of an item to mean 0 and variance 1, then times weight
 * plus bias. x and y: [batch, numChannels, ...], f32 or f16. Parameters, unless turned off: weight (ones) and bias
 * (zeros), both [numChannels]. Throws UsageError for sizes that are no whole numbers from 1, for channels that groups do
 * not divide, and for an eps out of range. Source: torch.nn.GroupNorm.
 */
export class GroupNorm extends Module {
  readonly numGroups: number;
  readonly numChannels: number;
  readonly eps: number;
  readonly weight: Tensor | undefined;
  readonly bias: Tensor | undefined;

  constructor(
    numGroups: number,
    numChannels: number,
    { eps = 1e-5, affine = true, bias = true }: GroupNormLayerOptions = {},
  ) {
    super();
    requireSize("GroupNorm", "numGroups", numGroups);
    requireSize("GroupNorm", "numChannels", numChannels);
    requireEps("GroupNorm", eps);
    if (numChannels % numGroups !== 0) {
      throw new UsageError(
        `GroupNorm: numChannels is ${numChannels} and numGroups ${numGroups}; groups must divide the channels.`,
      );
    }
    this.numGroups = numGroups;
    this.numChannels = numChannels;
    this.eps = eps;
    this.weight = affine ? parameter(ones([numChannels])) : undefined;
    this.bias = affine && bias ? parameter(zeros([numChannels])) : undefined;
  }

  forward(x: Tensor): Tensor {
    const { weight, bias, eps } = this;
    return groupNorm(x, this.numGroups, { weight, bias, eps });
  }
}

/**
 * Divides each element by a power of what its place holds in `size` channels around it. x and y: [batch, channels, ...],
 * f32 or f16. Options and errors: `localResponseNorm`. Source: torch.nn.LocalResponseNorm.
 */
export class LocalResponseNorm extends Module {
  readonly size: number;
  readonly options: LocalResponseNormOptions;

  constructor(size: number, options: LocalResponseNormOptions = {}) {
    super();
    requireSize("LocalResponseNorm", "size", size);
    this.size = size;
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    return localResponseNorm(x, this.size, this.options);
  }
}

function requireNormalizedShape(layer: string, normalizedShape: NormalizedShape): Shape {
  const shape = typeof normalizedShape === "number" ? [normalizedShape] : [...normalizedShape];
  if (shape.length === 0) requireSize(layer, "the number of axes in normalizedShape", 0);
  for (const size of shape) requireSize(layer, "normalizedShape", size);
  return shape;
}
