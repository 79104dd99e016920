// AdamW (Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019): Adam whose decay bypasses the moments.

import type { Tensor } from "../api/tensor.ts";
import { Adam, type AdamOptions } from "./adam.ts";
import type { ParameterGroup } from "./optimizer.ts";

/** p *= 1 - lr weightDecay, then as Adam. State as Adam's. weightDecay is 0.01 by default. Source: torch.optim.AdamW. */
export class AdamW extends Adam {
  constructor(parameters: readonly Tensor[] | readonly ParameterGroup[], options: AdamOptions = {}) {
    super(parameters, { ...options, weightDecay: options.weightDecay ?? 0.01 }, "parameter");
  }
}
