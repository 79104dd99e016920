// ExponentialMovingAverage: an average that forgets, a little at each step.

import type { Tensor } from "../api/tensor.ts";
import { AveragedParameters } from "./averagedParameters.ts";
import { towards } from "./elementwiseOptimizer.ts";
import { requireOption } from "./optimizer.ts";

/** How an average is made. */
export interface ExponentialMovingAverageOptions {
  /** How much of the average each update keeps: from 0 to 1. Default 0.999. */
  readonly decay?: number;
}

/**
 * average += (1 - decay) (parameter - average) at each `update()`; it starts as the parameters are. Averages are f32,
 * whatever the parameters. Source: torch.optim.swa_utils.AveragedModel with get_ema_multi_avg_fn.
 */
export class ExponentialMovingAverage extends AveragedParameters {
  readonly decay: number;

  /** Throws as AveragedParameters does, and UsageError for a decay out of range. */
  constructor(parameters: readonly Tensor[], { decay = 0.999 }: ExponentialMovingAverageOptions = {}) {
    requireOption("ExponentialMovingAverage", "decay", decay, decay >= 0 && decay <= 1, "from 0 to 1");
    super(parameters);
    this.decay = decay;
  }

  protected next(average: Tensor, parameter: Tensor): Tensor {
    return towards(average, parameter, 1 - this.decay);
  }
}
