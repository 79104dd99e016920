// Linear: y = x Wᵀ + b.

import type { Tensor } from "../api/tensor.ts";
import { add, matmul, transpose } from "../ops/index.ts";
import { requireSize } from "./arguments.ts";
import { initUniform } from "./initUniform.ts";
import { Module } from "./module.ts";

/** How a Linear layer is made. */
export interface LinearOptions {
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean;
}

/**
 * y = x Wᵀ + b over the last axis. x: [..., inFeatures], f32 or f16; y: [..., outFeatures].
 * Parameters: weight [outFeatures, inFeatures], bias [outFeatures], both U(-k, k) with k = 1 / sqrt(inFeatures).
 * Throws UsageError unless both sizes are whole numbers from 1. Source: torch.nn.Linear.
 */
export class Linear extends Module {
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly weight: Tensor;
  readonly bias: Tensor | undefined;

  constructor(inFeatures: number, outFeatures: number, { bias = true }: LinearOptions = {}) {
    super();
    requireSize("Linear", "inFeatures", inFeatures);
    requireSize("Linear", "outFeatures", outFeatures);
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    this.weight = initUniform([outFeatures, inFeatures], inFeatures);
    this.bias = bias ? initUniform([outFeatures], inFeatures) : undefined;
  }

  forward(x: Tensor): Tensor {
    const y = matmul(x, transpose(this.weight));
    return this.bias === undefined ? y : add(y, this.bias);
  }
}
