// BestCheckpoint: the best state of a model so far, kept on the CPU.

import type { Tensor } from "../api/tensor.ts";
import { UsageError } from "../base/errors.ts";
import type { TypedArray } from "../tensor/hostArray.ts";
import type { Shape } from "../tensor/shape.ts";
import { BestMetric, type MetricChoice, type Metrics } from "./metrics.ts";

/** A tensor's values on the CPU. */
export interface SavedTensor {
  readonly shape: Shape;
  readonly data: TypedArray;
}

export type SavedState = ReadonlyMap<string, SavedTensor>;

/** What has a state: modules and optimizers. */
export interface Stateful {
  stateDict(): ReadonlyMap<string, Tensor>;
  loadStateDict(state: SavedState): void;
}

/** The state as it is after all work asked for so far. Rejects with DeviceError when the GPU is gone. */
export async function saveState(target: Pick<Stateful, "stateDict">): Promise<SavedState> {
  // All reads are asked for before the first is waited for: no later step gets in between.
  const entries = [...target.stateDict()].map(async ([name, tensor]): Promise<[string, SavedTensor]> => {
    return [name, { shape: tensor.shape, data: await tensor.data() }];
  });
  return new Map(await Promise.all(entries));
}

/** Keeps the state of the epoch whose metric was best. */
export class BestCheckpoint {
  private readonly target: Stateful;
  private readonly best: BestMetric;
  private saved: { readonly epoch: number; readonly state: SavedState } | undefined;

  /** `target` is a model, or anything else with a state. Throws UsageError for a mode that does not exist. */
  constructor(target: Stateful, choice: MetricChoice = {}) {
    this.target = target;
    this.best = new BestMetric("BestCheckpoint", choice);
  }

  /** The best epoch and its value; undefined before the first. */
  get epoch(): number | undefined {
    return this.saved?.epoch;
  }

  get value(): number | undefined {
    return this.best.value;
  }

  /** The kept state; undefined before the first. */
  get state(): SavedState | undefined {
    return this.saved?.state;
  }

  /** Saves the state if the metric is the best so far, and says whether it was. Throws UsageError where it is missing. */
  async observe(metrics: Metrics, epoch: number): Promise<boolean> {
    if (!this.best.observe(metrics)) return false;
    this.saved = { epoch, state: await saveState(this.target) };
    return true;
  }

  /** Writes the kept state back into the target. Throws UsageError where nothing was kept yet. */
  restore(): void {
    if (this.saved === undefined) {
      throw new UsageError("BestCheckpoint: no epoch was kept yet; restore after the first one.");
    }
    this.target.loadStateDict(this.saved.state);
  }
}
