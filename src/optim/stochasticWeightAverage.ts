// StochasticWeightAverage: the plain mean of what parameters were at each update (Izmailov et al., "Averaging Weights Leads
// to Wider Optima and Better Generalization", 2018). SWALR is the schedule that goes with it.

import { type Tensor, zeros } from "../api/tensor.ts";
import { add, broadcastTo, div, equal, sub, where } from "../ops/index.ts";
import { AveragedParameters } from "./averagedParameters.ts";
import type { TensorUpdate } from "./optimizer.ts";

/**
 * average += (parameter - average) / (n + 1) at update n = 0, 1, …, so the first takes the parameters as they are.
 * State: "n_averaged", "<i>.average", f32. Source: torch.optim.swa_utils.AveragedModel.
 */
export class StochasticWeightAverage extends AveragedParameters {
  private readonly count: Tensor;

  /** Throws as AveragedParameters does. */
  constructor(parameters: readonly Tensor[]) {
    super(parameters);
    this.count = zeros([], { engine: this.parameters[0].engine, name: "n_averaged" });
  }

  protected next(average: Tensor, parameter: Tensor): Tensor {
    const n = broadcastTo(this.count, average.shape);
    const mean = add(average, div(sub(parameter, average), add(n, 1)));
    // By difference and sum alone, rounding could keep the first from being exact.
    return where(equal(n, 0), parameter, mean);
  }

  protected override ownState(): readonly (readonly [string, Tensor])[] {
    return [["n_averaged", this.count]];
  }

  protected override ownUpdates(): readonly TensorUpdate[] {
    return [[this.count, add(this.count, 1)]];
  }
}
