// Learning-rate schedules that fall or rise in steps or along a line, and those made of others.
//
// Decides: the rules, each in closed form, which is what PyTorch's recursive forms come to. Cosines and cycles are in cycles.ts.

import { UsageError } from "../base/errors.ts";
import { requireWhole } from "../base/requireWhole.ts";
import { type HasLearningRate, LRScheduler, requireFinite } from "./lrScheduler.ts";

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
    requireWhole("StepLR: stepSize", stepSize, 1);
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

/** How long a factor holds. */
export interface ConstantLROptions {
  /** From 0 to 1. Default 1/3. */
  readonly factor?: number;
  /** Steps until the rate is baseLr. Default 5. */
  readonly totalSteps?: number;
}

/** baseLr times `factor` for `totalSteps` steps, then baseLr. Source: torch.optim.lr_scheduler.ConstantLR. */
export class ConstantLR extends LRScheduler {
  constructor(optimizer: HasLearningRate, { factor = 1 / 3, totalSteps = 5 }: ConstantLROptions = {}) {
    requireFinite("ConstantLR", "factor", factor);
    requireWhole("ConstantLR: totalSteps", totalSteps, 1);
    super(optimizer, (step, baseLr) => (step < totalSteps ? baseLr * factor : baseLr));
  }
}

/** Times `factor(step)` at each step from 1 on. Source: torch.optim.lr_scheduler.MultiplicativeLR. */
export class MultiplicativeLR extends LRScheduler {
  constructor(optimizer: HasLearningRate, factor: (step: number) => number) {
    // Products up to each step, so that the rule stays a function of the step.
    const products = [1];
    super(optimizer, (step, baseLr) => {
      for (let next = products.length; next <= step; next++) products.push(products[next - 1] * factor(next));
      return baseLr * products[step];
    });
  }
}

/** How a PolynomialLR falls. */
export interface PolynomialLROptions {
  /** Steps until the rate is 0. Default 5. */
  readonly totalSteps?: number;
  /** Default 1: a straight line. */
  readonly power?: number;
}

/**
 * baseLr (1 - step / totalSteps)^power, and 0 from `totalSteps` on.
 * Source: torch.optim.lr_scheduler.PolynomialLR.
 */
export class PolynomialLR extends LRScheduler {
  constructor(optimizer: HasLearningRate, { totalSteps = 5, power = 1 }: PolynomialLROptions = {}) {
    requireWhole("PolynomialLR: totalSteps", totalSteps, 1);
    requireFinite("PolynomialLR", "power", power);
    super(optimizer, (step, baseLr) => baseLr * (1 - Math.min(step, totalSteps) / totalSteps) ** power);
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
    requireWhole("LinearLR: totalSteps", totalSteps, 1);
    super(optimizer, (step, baseLr) => {
      return baseLr * (startFactor + (endFactor - startFactor) * (Math.min(step, totalSteps) / totalSteps));
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

function passed(milestones: readonly number[], step: number): number {
  return milestones.filter((milestone) => milestone <= step).length;
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
