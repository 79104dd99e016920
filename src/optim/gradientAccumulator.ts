// GradientAccumulator: the gradients of several batches make one step, for batches that do not fit in memory at once.
//
// Decides: that the mean of the gradients counts, and that it stands in buffers which are made once and added to in place,
// laid out as the optimizer's own; how many batches there were is a number on the GPU, so that any number of them takes
// the same two plans. Leaves the step to the optimizer.

import { gradients } from "../api/grad.ts";
import { gather } from "../api/pack.ts";
import { assignAll, type Tensor, zeros } from "../api/tensor.ts";
import { withScope } from "../base/scope.ts";
import { add, broadcastTo, cast, div, greater, mul, where } from "../ops/index.ts";
import type { GradScaler } from "./gradScaler.ts";
import { type ClusterState, type Optimizer, requireGradients } from "./optimizer.ts";

/**
 * `add(loss)` for each batch, then `step()`: the step is that of the mean of the losses, and the next `add` begins anew.
 * Both may stand in one compiled function or in two. Holds one f32 for each element of the optimizer's parameters.
 * A run is saved between steps, not between batches: what was added is in no state dict.
 */
export class GradientAccumulator {
  readonly optimizer: Optimizer;
  private readonly sums: ClusterState;
  /** Batches since the last step. */
  private readonly count: Tensor;

  constructor(optimizer: Optimizer) {
    this.optimizer = optimizer;
    this.sums = optimizer.zeroState();
    this.count = zeros([], { engine: optimizer.parameters[0].engine, name: "batches" });
  }

  /**
   * Adds the gradients of `loss`, one number. Throws ShapeError for several, and UsageError naming the parameters that the
   * loss does not depend on.
   */
  add(loss: Tensor): void {
    this.addGradients(gradients(loss, this.optimizer.parameters));
  }

  /**
   * The same with gradients of the caller's own, one for each parameter, in order. Throws UsageError for another count,
   * ShapeError for another shape.
   */
  addGradients(list: readonly Tensor[]): void {
    requireGradients("GradientAccumulator", this.optimizer.parameters, list);
    withScope("accumulator", () => {
      const sums = this.sums.values.map((sum, index) => {
        const gradient = cast(gather(this.optimizer.clusters[index], list), "f32");
        // The first batch replaces what was there: so nothing need be cleared after a step.
        const isLater = greater(broadcastTo(this.count, sum.shape), 0);
        return [sum, where(isLater, add(sum, gradient), gradient)] as const;
      });
      assignAll([...sums, [this.count, add(this.count, 1)]]);
    });
  }

  /**
   * One step of the optimizer on the mean of what was added; without anything added it changes nothing. `scaler` is the
   * one that scaled the losses, if one did: `add(scaler.scale(loss))`.
   */
  step(scaler?: GradScaler): void {
    const { count } = this;
    const factor = (gathered: readonly Tensor[]) => {
      const share = where(greater(count, 0), div(1, count), 0);
      return scaler === undefined ? share : mul(share, scaler.factorFor(gathered));
    };
    this.optimizer.applyGradients(this.sums.parts, { factor });
    count.assign(mul(count, 0));
  }

  /** Gives the memory of the sums back. */
  dispose(): void {
    for (const value of [...this.sums.parts, this.count]) value.dispose();
  }
}
