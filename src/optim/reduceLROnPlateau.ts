// ReduceLROnPlateau: a rate that falls when what is watched gets no better.
//
// Decides: what counts as better, and when patience ends. It is no function of the steps, so it is no LRScheduler; it
// takes the rate as it finds it, and may follow a warm-up.

import { UsageError } from "../base/errors.ts";
import { requireWhole } from "../base/requireWhole.ts";
import { type HasLearningRate, requireFinite } from "./lrScheduler.ts";

/** When and how far a rate falls. */
export interface ReduceLROnPlateauOptions {
  /** Whether the metric is to fall, as losses are, or to rise. Default "min". */
  readonly mode?: "min" | "max";
  /** What the rate is multiplied by: from 0 and below 1. Default 0.1. */
  readonly factor?: number;
  /** How many steps in a row may be no better. Default 10. */
  readonly patience?: number;
  /** How much better a metric must be to count. Default 1e-4. */
  readonly threshold?: number;
  /** Whether the threshold is a part of the best metric or an amount. Default "rel". */
  readonly thresholdMode?: "rel" | "abs";
  /** Steps after a fall in which nothing is counted. Default 0. */
  readonly cooldown?: number;
  /** Default 0. */
  readonly minLr?: number;
  /** A fall by no more than this is not made. Default 1e-8. */
  readonly eps?: number;
}

/** Where a ReduceLROnPlateau stands. `best` is null before the first metric that is better than none. */
export interface ReduceLROnPlateauState {
  readonly step: number;
  readonly best: number | null;
  readonly badSteps: number;
  readonly cooldownLeft: number;
  readonly lr: number;
}

/**
 * At each `step(metric)`: more than `patience` steps in a row that are no better than the best so far by `threshold`
 * multiply the rate by `factor`. NaN is never better. Source: torch.optim.lr_scheduler.ReduceLROnPlateau.
 */
export class ReduceLROnPlateau {
  readonly optimizer: HasLearningRate;
  private readonly options: Required<ReduceLROnPlateauOptions>;
  private done = 0;
  private best: number | undefined;
  private badSteps = 0;
  private cooldownLeft = 0;

  /** Throws UsageError for options out of range. */
  constructor(optimizer: HasLearningRate, options: ReduceLROnPlateauOptions = {}) {
    const all = {
      mode: options.mode ?? "min",
      factor: options.factor ?? 0.1,
      patience: options.patience ?? 10,
      threshold: options.threshold ?? 1e-4,
      thresholdMode: options.thresholdMode ?? "rel",
      cooldown: options.cooldown ?? 0,
      minLr: options.minLr ?? 0,
      eps: options.eps ?? 1e-8,
    } as const;
    const owner = "ReduceLROnPlateau";
    requireOneOf("mode", all.mode, ["min", "max"]);
    requireOneOf("thresholdMode", all.thresholdMode, ["rel", "abs"]);
    if (!(all.factor >= 0 && all.factor < 1)) {
      throw new UsageError(`${owner}: factor is ${all.factor}; it must be from 0 and below 1.`);
    }
    requireWhole(`${owner}: patience`, all.patience, 0);
    requireWhole(`${owner}: cooldown`, all.cooldown, 0);
    for (const name of ["threshold", "minLr", "eps"] as const) requireFinite(owner, name, all[name]);
    this.optimizer = optimizer;
    this.options = all;
  }

  /** Steps done. */
  get lastStep(): number {
    return this.done;
  }

  /** Takes up what the metric is now. Throws UsageError while a compiled function is traced and the rate falls. */
  step(metric: number): void {
    const { patience, cooldown } = this.options;
    this.done += 1;
    const isBetter = this.isBetter(metric);
    if (isBetter) this.best = metric;
    this.badSteps = isBetter ? 0 : this.badSteps + 1;
    if (this.cooldownLeft > 0) {
      this.cooldownLeft -= 1;
      this.badSteps = 0;
    }
    if (this.badSteps <= patience) return;
    this.reduce();
    this.cooldownLeft = cooldown;
    this.badSteps = 0;
  }

  /** What a run needs to go on: plain numbers. */
  stateDict(): ReduceLROnPlateauState {
    const { done, best = null, badSteps, cooldownLeft, optimizer } = this;
    return { step: done, best, badSteps, cooldownLeft, lr: optimizer.lr };
  }

  /** Goes on from `state`, and sets the optimizer's rate to what it was then. Throws UsageError for numbers that are none. */
  loadStateDict({ step, best, badSteps, cooldownLeft, lr }: ReduceLROnPlateauState): void {
    const owner = "ReduceLROnPlateau.loadStateDict";
    requireWhole(`${owner}: step`, step, 0);
    requireWhole(`${owner}: badSteps`, badSteps, 0);
    requireWhole(`${owner}: cooldownLeft`, cooldownLeft, 0);
    requireFinite(owner, "lr", lr);
    if (best !== null && typeof best !== "number") {
      throw new UsageError(`${owner}: best is ${best}; it must be a number, or null.`);
    }
    this.optimizer.lr = lr;
    this.done = step;
    this.best = best ?? undefined;
    this.badSteps = badSteps;
    this.cooldownLeft = cooldownLeft;
  }

  private isBetter(metric: number): boolean {
    const { mode, threshold, thresholdMode } = this.options;
    const sign = mode === "min" ? -1 : 1;
    const best = this.best ?? -sign * Infinity;
    const bar = thresholdMode === "rel" ? best * (1 + sign * threshold) : best + sign * threshold;
    return mode === "min" ? metric < bar : metric > bar;
  }

  private reduce(): void {
    const { factor, minLr, eps } = this.options;
    const { lr } = this.optimizer;
    const next = Math.max(lr * factor, minLr);
    if (lr - next > eps) this.optimizer.lr = next;
  }
}

function requireOneOf(name: string, value: string, allowed: readonly string[]): void {
  if (allowed.includes(value)) return;
  throw new UsageError(`ReduceLROnPlateau: ${name} is ${value}; it must be ${allowed.join(" or ")}.`);
}
