// LRScheduler: the base of all learning-rate schedules, which are rules in closed form.
//
// Decides: that a schedule sets `optimizer.lr`, which is a write to the GPU; no step is compiled again. Leaves the rules to
// schedules.ts and cycles.ts, and when to step to the caller: after each optimizer step or after each epoch.

import { UsageError } from "../base/errors.ts";
import { requireWhole } from "../base/requireWhole.ts";

/** The rate after `step` steps of the schedule, given the rate that the optimizer began with. */
export type LRRule = (step: number, baseLr: number) => number;

/** Where a schedule stands. */
export interface LRSchedulerState {
  readonly step: number;
  readonly baseLr: number;
}

/** What a schedule drives: an optimizer, or anything else with a rate. */
export interface HasLearningRate {
  lr: number;
}

/** The rate before any schedule touched it, which all schedules of an optimizer share. */
const baseRates = new WeakMap<HasLearningRate, number>();

/** The base of all schedules. Constructing one sets the optimizer's rate to that of step 0. */
export class LRScheduler {
  readonly optimizer: HasLearningRate;
  private readonly rule: LRRule;
  private base: number;
  private done = 0;
  private readonly isShared: boolean;

  /** ownBaseLr: what the rule starts from, in the place of the rate which all schedules of the optimizer share. */
  constructor(optimizer: HasLearningRate, rule: LRRule, ownBaseLr?: number) {
    const shared = baseRates.get(optimizer) ?? optimizer.lr;
    this.isShared = ownBaseLr === undefined;
    this.base = ownBaseLr ?? shared;
    baseRates.set(optimizer, shared);
    this.optimizer = optimizer;
    this.rule = rule;
    optimizer.lr = this.lrAt(0);
  }

  /** Steps done. */
  get lastStep(): number {
    return this.done;
  }

  /** The rate that the rule starts from: the optimizer's before its first schedule. */
  get baseLr(): number {
    return this.base;
  }

  /** The rate after `step` steps. */
  lrAt(step: number): number {
    return this.rule(step, this.base);
  }

  /** Goes on to the next rate. Throws UsageError while a compiled function is traced. */
  step(): void {
    this.optimizer.lr = this.lrAt(this.done + 1);
    this.done += 1;
  }

  /** What a run needs to go on: plain numbers. */
  stateDict(): LRSchedulerState {
    return { step: this.done, baseLr: this.base };
  }

  /** Goes on from `state`, and sets the optimizer's rate to what it was then. Throws UsageError for numbers that are none. */
  loadStateDict({ step, baseLr }: LRSchedulerState): void {
    requireWhole("LRScheduler.loadStateDict: step", step, 0);
    requireFinite("LRScheduler.loadStateDict", "baseLr", baseLr);
    this.optimizer.lr = this.rule(step, baseLr);
    this.done = step;
    this.base = baseLr;
    if (this.isShared) baseRates.set(this.optimizer, baseLr);
  }

  /** For schedules with a base rate of their own. */
  protected startFrom(baseLr: number): void {
    this.base = baseLr;
  }
}

/** Throws UsageError unless `value` is finite and from 0. */
export function requireFinite(owner: string, name: string, value: number): void {
  if (Number.isFinite(value) && value >= 0) return;
  throw new UsageError(`${owner}: ${name} is ${value}; it must be a finite number from 0.`);
}

/** Throws UsageError unless `value` is finite and above `bound`. */
export function requireAbove(owner: string, name: string, value: number, bound: number): void {
  if (Number.isFinite(value) && value > bound) return;
  throw new UsageError(`${owner}: ${name} is ${value}; it must be a finite number above ${bound}.`);
}
