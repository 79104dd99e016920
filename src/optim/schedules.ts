// Learning-rate schedules: the rate as a function of the steps done so far.
//
// Decides: the rules, each in closed form, which is what PyTorch's recursive forms come to. A schedule sets
// `optimizer.lr`, which is a write to the GPU; no step is compiled again. Leaves when to step to the caller: after each
// optimizer step or after each epoch.

import { UsageError } from "../base/errors.ts";

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

  constructor(optimizer: HasLearningRate, rule: LRRule) {
    this.base = baseRates.get(optimizer) ?? optimizer.lr;
    baseRates.set(optimizer, this.base);
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
    requireWhole("LRScheduler.loadStateDict", "step", step, 0);
    requireFinite("LRScheduler.loadStateDict", "baseLr", baseLr);
    this.optimizer.lr = this.rule(step, baseLr);
    this.done = step;
    this.base = baseLr;
    baseRates.set(this.optimizer, baseLr);
  }
}

/** baseLr times `factor(step)`. Source: torch.optim.lr_scheduler.LambdaLR. */
export class LambdaLR extends LRScheduler {
  constructor(optimizer: HasLearningRate, factor: (step: number) => number) {
    super(optimizer, (step, baseLr) => baseLr * factor(step));
  }
}

/** Times `gamma` (default 0.1) after every `stepSize` steps. Source: torch.optim.lr_scheduler.StepLR. */
export class StepLR extends LRScheduler {
  constructor(
    optimizer: HasLearningRate,
    stepSize: number,
    { gamma = 0.1 }: { readonly gamma?: number } = {},
  ) {
    requireWhole("StepLR", "stepSize", stepSize, 1);
    requireFinite("StepLR", "gamma", gamma);
    super(optimizer, (step, baseLr) => baseLr * gamma ** Math.floor(step / stepSize));
  }
}

/** Times `gamma` (default 0.1) at each of `milestones`. Source: torch.optim.lr_scheduler.MultiStepLR. */
export class MultiStepLR extends LRScheduler {
  constructor(
    optimizer: HasLearningRate,
    milestones: readonly number[],
    { gamma = 0.1 }: { readonly gamma?: number } = {},
  ) {
    requireMilestones("MultiStepLR", milestones);
    requireFinite("MultiStepLR", "gamma", gamma);
    super(optimizer, (step, baseLr) => baseLr * gamma ** passed(milestones, step));
  }
}

/** Times `gamma` at each step. Source: torch.optim.lr_scheduler.ExponentialLR. */
export class ExponentialLR extends LRScheduler {
  constructor(optimizer: HasLearningRate, gamma: number) {
    requireFinite("ExponentialLR", "gamma", gamma);
    super(optimizer, (step, baseLr) => baseLr * gamma ** step);
  }
}

/**
 * Half a cosine from baseLr down to `etaMin` (default 0) in `maxSteps` steps, and back up after that (Loshchilov and
 * Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017).
 * Source: torch.optim.lr_scheduler.CosineAnnealingLR.
 */
export class CosineAnnealingLR extends LRScheduler {
  constructor(
    optimizer: HasLearningRate,
    maxSteps: number,
    { etaMin = 0 }: { readonly etaMin?: number } = {},
  ) {
    requireWhole("CosineAnnealingLR", "maxSteps", maxSteps, 1);
    requireFinite("CosineAnnealingLR", "etaMin", etaMin);
    super(optimizer, (step, baseLr) => cosineBetween(baseLr, etaMin, step / maxSteps));
  }
}

/** The factors of a LinearLR. */
export interface LinearLROptions {
  /** Default 1/3. */
  readonly startFactor?: number;
  /** Default 1. */
  readonly endFactor?: number;
  /** Steps from one to the other. Default 5. */
  readonly totalSteps?: number;
}

/**
 * baseLr times a factor that goes in a straight line from `startFactor` to `endFactor` and stays there: a warm-up.
 * Source: torch.optim.lr_scheduler.LinearLR.
 */
export class LinearLR extends LRScheduler {
  constructor(
    optimizer: HasLearningRate,
    { startFactor = 1 / 3, endFactor = 1, totalSteps = 5 }: LinearLROptions = {},
  ) {
    requireFinite("LinearLR", "startFactor", startFactor);
    requireFinite("LinearLR", "endFactor", endFactor);
    requireWhole("LinearLR", "totalSteps", totalSteps, 1);
    super(optimizer, (step, baseLr) => {
      return baseLr * (startFactor + (endFactor - startFactor) * (Math.min(step, totalSteps) / totalSteps));
    });
  }
}

/** The shape of a OneCycleLR. */
export interface OneCycleLROptions {
  /** The part of the steps in which the rate rises, above 0 and below 1. Default 0.3. */
  readonly riseFraction?: number;
  /** The first rate is maxLr / divFactor. Default 25. */
  readonly divFactor?: number;
  /** The last rate is the first one / finalDivFactor. Default 1e4. */
  readonly finalDivFactor?: number;
}

/**
 * Up to `maxLr` and down to almost nothing, both along a cosine, in `totalSteps` steps; it stays there (Smith and
 * Topin, "Super-Convergence", 2018). The optimizer's own rate does not matter, and momentum is left alone.
 * Source: torch.optim.lr_scheduler.OneCycleLR with cycle_momentum=False.
 */
export class OneCycleLR extends LRScheduler {
  constructor(
    optimizer: HasLearningRate,
    maxLr: number,
    totalSteps: number,
    { riseFraction = 0.3, divFactor = 25, finalDivFactor = 1e4 }: OneCycleLROptions = {},
  ) {
    requireFinite("OneCycleLR", "maxLr", maxLr);
    requireWhole("OneCycleLR", "totalSteps", totalSteps, 2);
    requireAbove("OneCycleLR", "divFactor", divFactor, 0);
    requireAbove("OneCycleLR", "finalDivFactor", finalDivFactor, 0);
    // Steps are counted from 0, so the last of either part has one less than its length.
    const peak = riseFraction * totalSteps - 1;
    const last = totalSteps - 1;
    if (!(peak > 0 && peak < last)) {
      throw new UsageError(
        `OneCycleLR: riseFraction is ${riseFraction} of ${totalSteps} steps; ` +
          "rise and fall must both take more than one step.",
      );
    }
    const first = maxLr / divFactor;
    super(optimizer, (step) => {
      if (step <= peak) return cosineBetween(first, maxLr, step / peak);
      return cosineBetween(maxLr, first / finalDivFactor, Math.min(1, (step - peak) / (last - peak)));
    });
  }
}

/**
 * One schedule after the other: `schedulers[i]` from `milestones[i - 1]` on, starting at its own step 0.
 * Throws UsageError unless there is one milestone less than schedulers, and all are of `optimizer`.
 * Source: torch.optim.lr_scheduler.SequentialLR.
 */
export class SequentialLR extends LRScheduler {
  constructor(optimizer: HasLearningRate, schedulers: readonly LRScheduler[], milestones: readonly number[]) {
    requireSchedulers("SequentialLR", optimizer, schedulers);
    requireMilestones("SequentialLR", milestones);
    if (milestones.length !== schedulers.length - 1) {
      throw new UsageError(
        `SequentialLR: ${milestones.length} milestones for ${schedulers.length} schedulers; ` +
          "there must be one less.",
      );
    }
    super(optimizer, (step) => {
      const index = passed(milestones, step);
      return schedulers[index].lrAt(index === 0 ? step : step - milestones[index - 1]);
    });
  }
}

/**
 * All schedules at once: baseLr times the factor of each. Throws UsageError for an empty list or schedulers of
 * different optimizers. Source: torch.optim.lr_scheduler.ChainedScheduler.
 */
export class ChainedScheduler extends LRScheduler {
  constructor(schedulers: readonly LRScheduler[]) {
    const optimizer = schedulers[0]?.optimizer;
    requireSchedulers("ChainedScheduler", optimizer, schedulers);
    super(optimizer, (step, baseLr) => {
      if (baseLr === 0) return 0;
      return schedulers.reduce((lr, scheduler) => lr * (scheduler.lrAt(step) / baseLr), baseLr);
    });
  }
}

/** From `start` at 0 to `end` at 1, level at both. */
function cosineBetween(start: number, end: number, fraction: number): number {
  return end + ((start - end) * (1 + Math.cos(Math.PI * fraction))) / 2;
}

function passed(milestones: readonly number[], step: number): number {
  return milestones.filter((milestone) => milestone <= step).length;
}

function requireWhole(owner: string, name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new UsageError(`${owner}: ${name} is ${value}; it must be a whole number from ${least}.`);
}

function requireFinite(owner: string, name: string, value: number): void {
  if (Number.isFinite(value) && value >= 0) return;
  throw new UsageError(`${owner}: ${name} is ${value}; it must be a finite number from 0.`);
}

function requireAbove(owner: string, name: string, value: number, bound: number): void {
  if (Number.isFinite(value) && value > bound) return;
  throw new UsageError(`${owner}: ${name} is ${value}; it must be a finite number above ${bound}.`);
}

function requireMilestones(owner: string, milestones: readonly number[]): void {
  const isRising = milestones.every((value, index) => index === 0 || value > milestones[index - 1]);
  if (isRising && milestones.every((value) => Number.isInteger(value) && value >= 1)) return;
  throw new UsageError(
    `${owner}: milestones are [${milestones.join(", ")}]; they must be whole numbers from 1, each above the one before.`,
  );
}

function requireSchedulers(
  owner: string,
  optimizer: HasLearningRate | undefined,
  schedulers: readonly LRScheduler[],
): asserts optimizer is HasLearningRate {
  if (optimizer === undefined || schedulers.length === 0) {
    throw new UsageError(`${owner}: the list of schedulers is empty; it must have at least one.`);
  }
  if (schedulers.every((scheduler) => scheduler.optimizer === optimizer)) return;
  throw new UsageError(`${owner}: the schedulers are of different optimizers; all must be of one.`);
}
