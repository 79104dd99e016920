// Normalisation layers: LayerNorm and RMSNorm.

import { ones, type Tensor, zeros } from "../api/tensor.ts";
import { layerNorm, rmsNorm } from "../ops/index.ts";
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

function requireNormalizedShape(layer: string, normalizedShape: NormalizedShape): Shape {
  const shape = typeof normalizedShape === "number" ? [normalizedShape] : [...normalizedShape];
  if (shape.length === 0) requireSize(layer, "the number of axes in normalizedShape", 0);
  for (const size of shape) requireSize(layer, "normalizedShape", size);
  return shape;
}
