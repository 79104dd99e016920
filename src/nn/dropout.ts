// Dropout: the layer that is only there in training.

import { dropout } from "../api/random.ts";
import type { Tensor } from "../api/tensor.ts";
import { UsageError } from "../base/errors.ts";
import { mul } from "../ops/index.ts";
import { Module } from "./module.ts";

/**
 * In training each element is 0 with probability `p` (default 0.5) and else multiplied by 1 / (1 - p) (all are 0 for p = 1); in evaluation
 * y is x. x: any shape, f32 or f16. A compiled function keeps the mode in which it was traced, see `Module.training`.
 * Throws UsageError unless 0 <= p <= 1. Source: torch.nn.Dropout.
 */
export class Dropout extends Module {
  readonly p: number;

  constructor(p = 0.5) {
    super();
    if (!(p >= 0 && p <= 1)) throw new UsageError(`Dropout: p is ${p}; it must be from 0 to 1.`);
    this.p = p;
  }

  forward(x: Tensor): Tensor {
    if (!this.training) return x;
    // 1 / (1 - p) is infinite at 1; PyTorch gives 0 there.
    return this.p === 1 ? mul(x, 0) : dropout(x, this.p);
  }
}
