// EarlyStopping: ends training when a metric has not improved for a while.

import { UsageError } from "../base/errors.ts";
import { requireWhole } from "../base/requireWhole.ts";
import { BestMetric, type MetricChoice, type Metrics } from "./metrics.ts";

export interface EarlyStoppingOptions extends MetricChoice {
  /** Epochs in a row without improvement after which training stops. */
  readonly patience: number;
  /** An improvement must be more than this. Default: 0. */
  readonly minDelta?: number;
}

/** Watches one metric over the epochs. */
export class EarlyStopping {
  readonly patience: number;
  private readonly best: BestMetric;
  private epochsWithout = 0;

  /** Throws UsageError unless patience is a whole number from 1 and minDelta a finite number from 0. */
  constructor({ patience, minDelta = 0, ...choice }: EarlyStoppingOptions) {
    requireWhole("EarlyStopping: patience", patience, 1);
    if (!Number.isFinite(minDelta) || minDelta < 0) {
      throw new UsageError(`EarlyStopping: minDelta is ${minDelta}; it must be a finite number from 0.`);
    }
    this.patience = patience;
    this.best = new BestMetric("EarlyStopping", choice, minDelta);
  }

  /** Takes the metrics of one more epoch in; true where training should stop. Throws UsageError where the metric is missing. */
  observe(metrics: Metrics): boolean {
    this.epochsWithout = this.best.observe(metrics) ? 0 : this.epochsWithout + 1;
    return this.epochsWithout >= this.patience;
  }
}
