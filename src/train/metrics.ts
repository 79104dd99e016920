// Metrics by name, and which of two values is the better one.

import { UsageError } from "../base/errors.ts";

/** What is watched, and which way is better. */
export interface MetricChoice {
  /** A number of the evaluation or, where that has none of the name, of the training metrics. Default: "loss". */
  readonly metric?: string;
  /** Default: "min" for "loss", "max" for everything else. */
  readonly mode?: "min" | "max";
}

/** Metrics as properties; what is not a number is passed over. */
export type Metrics = object;

/** The number called `metric`. Throws UsageError where there is none. */
export function requireMetric(caller: string, metrics: Metrics, metric: string): number {
  const numbers = new Map(Object.entries(metrics).filter(([, value]) => typeof value === "number"));
  const value: number | undefined = numbers.get(metric);
  if (value !== undefined) return value;
  const names = [...numbers.keys()];
  throw new UsageError(`${caller}: there is no metric "${metric}"; there are ${names.join(", ") || "none"}.`);
}

/** The best value so far, and whether a new one is better by more than `minDelta`. NaN never is. */
export class BestMetric {
  readonly metric: string;
  readonly mode: "min" | "max";
  private readonly minDelta: number;
  private readonly caller: string;
  /** Undefined before the first number. */
  value: number | undefined;

  constructor(
    caller: string,
    { metric = "loss", mode = metric === "loss" ? "min" : "max" }: MetricChoice,
    minDelta = 0,
  ) {
    if (mode !== "min" && mode !== "max") {
      throw new UsageError(`${caller}: mode is ${String(mode)}; it must be "min" or "max".`);
    }
    this.caller = caller;
    this.metric = metric;
    this.mode = mode;
    this.minDelta = minDelta;
  }

  /** Takes a new value in; true where it is the best. Throws UsageError where the metric is missing. */
  observe(metrics: Metrics): boolean {
    const value = requireMetric(this.caller, metrics, this.metric);
    if (Number.isNaN(value)) return false;
    const gain = this.value === undefined ? Number.POSITIVE_INFINITY : this.gainOver(this.value, value);
    if (!(gain > this.minDelta)) return false;
    this.value = value;
    return true;
  }

  private gainOver(best: number, value: number): number {
    return this.mode === "min" ? best - value : value - best;
  }
}
