// Learning-rate schedules along cosines and in cycles.
//
// Decides: the rules, each in closed form, which is what PyTorch's recursive forms come to. Momentum is left alone.

import { UsageError } from "../base/errors.ts";
import { requireWhole } from "../base/requireWhole.ts";
import { type HasLearningRate, LRScheduler, requireAbove, requireFinite } from "./lrScheduler.ts";

/** Along what a rate goes from one value to another. */
export type AnnealStrategy = "cos" | "linear";

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
    requireWhole("CosineAnnealingLR: maxSteps", maxSteps, 1);
    requireFinite("CosineAnnealingLR", "etaMin", etaMin);
    super(optimizer, (step, baseLr) => cosineBetween(baseLr, etaMin, step / maxSteps));
  }
}

/** The periods of a CosineAnnealingWarmRestarts. */
export interface WarmRestartsOptions {
  /** How many times as long each period is as the one before: a whole number. Default 1. */
  readonly periodFactor?: number;
  /** The rate at the end of a period. Default 0. */
  readonly etaMin?: number;
}

/**
 * Half a cosine from baseLr down to `etaMin`, again and again: the first takes `period` steps (Loshchilov and Hutter,
 * "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017).
 * Source: torch.optim.lr_scheduler.CosineAnnealingWarmRestarts; period is its T_0, periodFactor its T_mult.
 */
export class CosineAnnealingWarmRestarts extends LRScheduler {
  constructor(
    optimizer: HasLearningRate,
    period: number,
    { periodFactor = 1, etaMin = 0 }: WarmRestartsOptions = {},
  ) {
    requireWhole("CosineAnnealingWarmRestarts: period", period, 1);
    requireWhole("CosineAnnealingWarmRestarts: periodFactor", periodFactor, 1);
    requireFinite("CosineAnnealingWarmRestarts", "etaMin", etaMin);
    super(optimizer, (step, baseLr) => {
      let [rest, length] = [step, period];
      if (periodFactor === 1) rest %= period;
      for (; rest >= length; length *= periodFactor) rest -= length;
      return cosineBetween(baseLr, etaMin, rest / length);
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
  /** Default "cos". */
  readonly annealStrategy?: AnnealStrategy;
  /** Falls to the first rate as fast as it has risen, and to the last in what remains. Default false. */
  readonly threePhase?: boolean;
}

/**
 * Up to `maxLr` and down to almost nothing, both along a cosine or a line, in `totalSteps` steps; it stays there (Smith and
 * Topin, "Super-Convergence", 2018). The optimizer's own rate does not matter, and momentum is left alone.
 * Source: torch.optim.lr_scheduler.OneCycleLR with cycle_momentum=False.
 */
export class OneCycleLR extends LRScheduler {
  constructor(
    optimizer: HasLearningRate,
    maxLr: number,
    totalSteps: number,
    {
      riseFraction = 0.3,
      divFactor = 25,
      finalDivFactor = 1e4,
      annealStrategy = "cos",
      threePhase = false,
    }: OneCycleLROptions = {},
  ) {
    requireFinite("OneCycleLR", "maxLr", maxLr);
    requireWhole("OneCycleLR: totalSteps", totalSteps, 2);
    requireAbove("OneCycleLR", "divFactor", divFactor, 0);
    requireAbove("OneCycleLR", "finalDivFactor", finalDivFactor, 0);
    const between = annealing("OneCycleLR", annealStrategy);
    // Steps are counted from 0, so the last of each part has one less than its length.
    const peak = riseFraction * totalSteps - 1;
    const last = totalSteps - 1;
    const turns = threePhase ? [0, peak, 2 * peak, last] : [0, peak, last];
    if (!turns.every((turn, index) => index === 0 || turn > turns[index - 1])) {
      throw new UsageError(
        `OneCycleLR: riseFraction is ${riseFraction} of ${totalSteps} steps; ` +
          `${threePhase ? "each of the three phases" : "rise and fall"} must ${threePhase ? "" : "both "}take more than one step.`,
      );
    }
    const first = maxLr / divFactor;
    const rates = [first, maxLr, ...(threePhase ? [first] : []), first / finalDivFactor];
    super(optimizer, (step) => {
      const place = Math.min(step, last);
      const phase = turns.findIndex((turn, index) => index > 0 && place <= turn);
      const [start, end] = [turns[phase - 1], turns[phase]];
      return between(rates[phase - 1], rates[phase], (place - start) / (end - start));
    });
  }
}

/** The shape of a CyclicLR. */
export interface CyclicLROptions {
  /** Steps of a rise. Default 2000. */
  readonly stepSizeUp?: number;
  /** Steps of a fall. Default: as many as of a rise. */
  readonly stepSizeDown?: number;
  /**
   * Of the peaks: all the same, each half as high above baseLr as the one before, or gamma^step as high.
   * Default "triangular".
   */
  readonly mode?: "triangular" | "triangular2" | "exp_range";
  /** Default 1. */
  readonly gamma?: number;
}

/**
 * From `baseLr` up to `maxLr` and back along straight lines, again and again (Smith, "Cyclical Learning Rates for
 * Training Neural Networks", 2017). The optimizer's own rate does not matter.
 * Source: torch.optim.lr_scheduler.CyclicLR with cycle_momentum=False.
 */
export class CyclicLR extends LRScheduler {
  constructor(
    optimizer: HasLearningRate,
    baseLr: number,
    maxLr: number,
    { stepSizeUp = 2000, stepSizeDown = stepSizeUp, mode = "triangular", gamma = 1 }: CyclicLROptions = {},
  ) {
    requireFinite("CyclicLR", "baseLr", baseLr);
    requireFinite("CyclicLR", "maxLr", maxLr);
    requireWhole("CyclicLR: stepSizeUp", stepSizeUp, 1);
    requireWhole("CyclicLR: stepSizeDown", stepSizeDown, 1);
    requireFinite("CyclicLR", "gamma", gamma);
    const length = stepSizeUp + stepSizeDown;
    const heights = {
      triangular: () => 1,
      triangular2: (step: number) => 0.5 ** Math.floor(step / length),
      exp_range: (step: number) => gamma ** step,
    };
    const heightAt = heights[mode];
    if (heightAt === undefined) {
      throw new UsageError(
        `CyclicLR: mode is ${mode}; it must be one of ${Object.keys(heights).join(", ")}.`,
      );
    }
    super(optimizer, (step) => {
      const place = step % length;
      const fraction = place <= stepSizeUp ? place / stepSizeUp : (length - place) / stepSizeDown;
      return baseLr + (maxLr - baseLr) * fraction * heightAt(step);
    });
  }
}

/** How a SWALR goes to its rate. */
export interface SWALROptions {
  /** Steps until the rate is `swaLr`; with 0 it is from the start. Default 10. */
  readonly annealSteps?: number;
  /** Default "cos". */
  readonly annealStrategy?: AnnealStrategy;
}

/**
 * From the rate that the optimizer has before the first step of this to `swaLr`, where it stays: for weights that are
 * averaged. Other schedules may go before it.
 * Source: torch.optim.swa_utils.SWALR.
 */
export class SWALR extends LRScheduler {
  constructor(
    optimizer: HasLearningRate,
    swaLr: number,
    { annealSteps = 10, annealStrategy = "cos" }: SWALROptions = {},
  ) {
    requireFinite("SWALR", "swaLr", swaLr);
    requireWhole("SWALR: annealSteps", annealSteps, 0);
    const between = annealing("SWALR", annealStrategy);
    super(
      optimizer,
      (step, baseLr) => (step >= annealSteps ? swaLr : between(baseLr, swaLr, step / annealSteps)),
      optimizer.lr,
    );
  }

  /** Goes on to the next rate; at first from wherever the rate has come to. */
  override step(): void {
    if (this.lastStep === 0) this.startFrom(this.optimizer.lr);
    super.step();
  }
}

/** From `start` at 0 to `end` at 1, level at both. */
function cosineBetween(start: number, end: number, fraction: number): number {
  return end + ((start - end) * (1 + Math.cos(Math.PI * fraction))) / 2;
}

function annealing(owner: string, strategy: AnnealStrategy): typeof cosineBetween {
  if (strategy === "cos") return cosineBetween;
  if (strategy === "linear") return (start, end, fraction) => start + (end - start) * fraction;
  throw new UsageError(`${owner}: annealStrategy is ${strategy}; it must be cos or linear.`);
}
