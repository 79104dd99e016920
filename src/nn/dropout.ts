// Dropout: the layers that are only there in training.

import {
  alphaDropout,
  dropout,
  dropout1d,
  dropout2d,
  dropout3d,
  featureAlphaDropout,
} from "../api/dropout.ts";
import type { Tensor } from "../api/tensor.ts";
import { UsageError } from "../base/errors.ts";
import { mul } from "../ops/index.ts";
import { Module } from "./module.ts";

/** A layer that in evaluation, or with the rate 0, gives x itself. */
abstract class RateModule extends Module {
  readonly p: number;

  protected constructor(name: string, p: number) {
    super();
    if (!(p >= 0 && p <= 1)) throw new UsageError(`${name}: p is ${p}; it must be from 0 to 1.`);
    this.p = p;
  }

  forward(x: Tensor): Tensor {
    return this.training && this.p > 0 ? this.drop(x) : x;
  }

  protected abstract drop(x: Tensor): Tensor;
}

/**
 * In training each element is 0 with probability `p` (default 0.5) and else multiplied by 1 / (1 - p) (all are 0 for p = 1); in evaluation
 * y is x. x: any shape, f32 or f16. A compiled function keeps the mode in which it was traced, see `Module.training`.
 * Throws UsageError unless 0 <= p <= 1. Source: torch.nn.Dropout.
 */
export class Dropout extends RateModule {
  constructor(p = 0.5) {
    super("Dropout", p);
  }

  protected drop(x: Tensor): Tensor {
    // 1 / (1 - p) is infinite at 1; PyTorch gives 0 there.
    return this.p === 1 ? mul(x, 0) : dropout(x, this.p);
  }
}

/** The same for whole channels, see `dropout1d`. x: [batch, channels, length] or [channels, length]. Source: torch.nn.Dropout1d. */
export class Dropout1d extends RateModule {
  constructor(p = 0.5) {
    super("Dropout1d", p);
  }

  protected drop(x: Tensor): Tensor {
    return dropout1d(x, this.p);
  }
}

/** The same for whole channels of images, see `dropout2d`. x: [batch, channels, height, width]. Source: torch.nn.Dropout2d. */
export class Dropout2d extends RateModule {
  constructor(p = 0.5) {
    super("Dropout2d", p);
  }

  protected drop(x: Tensor): Tensor {
    return dropout2d(x, this.p);
  }
}

/** The same for whole channels of volumes, see `dropout3d`. x: [batch, channels, depth, height, width]. Source: torch.nn.Dropout3d. */
export class Dropout3d extends RateModule {
  constructor(p = 0.5) {
    super("Dropout3d", p);
  }

  protected drop(x: Tensor): Tensor {
    return dropout3d(x, this.p);
  }
}

/** Dropout that keeps mean 0 and deviation 1 behind SELU, see `alphaDropout`. x: any shape. Source: torch.nn.AlphaDropout. */
export class AlphaDropout extends RateModule {
  constructor(p = 0.5) {
    super("AlphaDropout", p);
  }

  protected drop(x: Tensor): Tensor {
    return alphaDropout(x, this.p);
  }
}

/** The same for whole channels, see `featureAlphaDropout`. x: [batch, channels, ...sizes]. Source: torch.nn.FeatureAlphaDropout. */
export class FeatureAlphaDropout extends RateModule {
  constructor(p = 0.5) {
    super("FeatureAlphaDropout", p);
  }

  protected drop(x: Tensor): Tensor {
    return featureAlphaDropout(x, this.p);
  }
}
