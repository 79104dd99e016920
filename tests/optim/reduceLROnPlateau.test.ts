// ReduceLROnPlateau by hand, and schedules that go on from where another or a saved run has come to.

import { expect, test } from "vitest";
import { UsageError } from "../../src/base/errors.ts";
import {
  CosineAnnealingWarmRestarts,
  CyclicLR,
  ExponentialLR,
  MultiplicativeLR,
  OneCycleLR,
  PolynomialLR,
  ReduceLROnPlateau,
  StepLR,
  SWALR,
} from "../../src/optim/optim.ts";

test("the rate falls after more steps without progress than patience allows, and NaN is none", () => {
  const optimizer = { lr: 1 };
  const schedule = new ReduceLROnPlateau(optimizer, { factor: 0.5, patience: 1 });
  const rates = [3, 2, 2, Number.NaN, 1, 1, 1].map((metric) => {
    schedule.step(metric);
    return optimizer.lr;
  });
  expect(rates).toEqual([1, 1, 1, 0.5, 0.5, 0.5, 0.25]);
  expect(schedule.lastStep).toBe(7);
});

test("a saved plateau goes on where it stood, by way of JSON, also before its first metric", () => {
  const make = (lr: number) => new ReduceLROnPlateau({ lr }, { factor: 0.5, patience: 1, cooldown: 2 });
  const metrics = [5, 6, 7, 8, 9, 9, 9, 9];
  const whole = make(1);
  for (const metric of metrics) whole.step(metric);
  for (const cut of [0, 2, 4]) {
    const first = make(1);
    for (const metric of metrics.slice(0, cut)) first.step(metric);
    const second = make(7);
    second.loadStateDict(JSON.parse(JSON.stringify(first.stateDict())));
    for (const metric of metrics.slice(cut)) second.step(metric);
    expect(second.stateDict()).toEqual(whole.stateDict());
  }
  expect(whole.optimizer.lr).toBe(0.25);
});

test("SWALR starts where an earlier schedule has brought the rate to, and is saved with that", () => {
  const optimizer = { lr: 1 };
  const decay = new StepLR(optimizer, 1, { gamma: 0.5 });
  const schedule = new SWALR(optimizer, 0.05, { annealSteps: 2, annealStrategy: "linear" });
  decay.step();
  decay.step();
  schedule.step();
  expect(optimizer.lr).toBeCloseTo(0.15, 12);
  const other = { lr: 3 };
  const resumed = new SWALR(other, 0.05, { annealSteps: 2, annealStrategy: "linear" });
  resumed.loadStateDict(schedule.stateDict());
  expect(other.lr).toBeCloseTo(0.15, 12);
  resumed.step();
  expect(other.lr).toBe(0.05);
  expect(new ExponentialLR(other, 0.5).baseLr).toBe(3);
});

test("MultiplicativeLR asks for each factor once, and for steps in any order", () => {
  const asked: number[] = [];
  const schedule = new MultiplicativeLR({ lr: 2 }, (step) => {
    asked.push(step);
    return 1 / step;
  });
  expect([3, 1, 4, 0].map((step) => schedule.lrAt(step))).toEqual([2 / 6, 2, 2 / 24, 2]);
  expect(asked).toEqual([1, 2, 3, 4]);
});

test("arguments out of range", () => {
  const optimizer = { lr: 1 };
  const faults: [() => unknown, string][] = [
    [
      () => new ReduceLROnPlateau(optimizer, { factor: 1 }),
      "ReduceLROnPlateau: factor is 1; it must be from 0 and below 1.",
    ],
    [
      () => new ReduceLROnPlateau(optimizer, { patience: 0.5 }),
      "ReduceLROnPlateau: patience is 0.5; it must be a whole number from 0.",
    ],
    [
      () => new ReduceLROnPlateau(optimizer, { mode: "most" as "max" }),
      "ReduceLROnPlateau: mode is most; it must be min or max.",
    ],
    [
      () => new ReduceLROnPlateau(optimizer, { minLr: -1 }),
      "ReduceLROnPlateau: minLr is -1; it must be a finite number from 0.",
    ],
    [
      () =>
        new ReduceLROnPlateau(optimizer).loadStateDict({
          step: -1,
          best: 0,
          badSteps: 0,
          cooldownLeft: 0,
          lr: 1,
        }),
      "ReduceLROnPlateau.loadStateDict: step is -1; it must be a whole number from 0.",
    ],
    [
      () => new CosineAnnealingWarmRestarts(optimizer, 5, { periodFactor: 1.5 }),
      "CosineAnnealingWarmRestarts: periodFactor is 1.5; it must be a whole number from 1.",
    ],
    [
      () => new CyclicLR(optimizer, 0.1, 1, { mode: "square" as "triangular" }),
      "CyclicLR: mode is square; it must be one of triangular, triangular2, exp_range.",
    ],
    [
      () => new CyclicLR(optimizer, 0.1, 1, { stepSizeUp: 0 }),
      "CyclicLR: stepSizeUp is 0; it must be a whole number from 1.",
    ],
    [
      () => new PolynomialLR(optimizer, { power: -1 }),
      "PolynomialLR: power is -1; it must be a finite number from 0.",
    ],
    [
      () => new OneCycleLR(optimizer, 1, 10, { riseFraction: 0.6, threePhase: true }),
      "OneCycleLR: riseFraction is 0.6 of 10 steps; each of the three phases must take more than one step.",
    ],
    [
      () => new SWALR(optimizer, 0.1, { annealStrategy: "steps" as "cos" }),
      "SWALR: annealStrategy is steps; it must be cos or linear.",
    ],
  ];
  for (const [body, message] of faults) expect(body).toThrow(new UsageError(message));
  expect(optimizer.lr).toBe(1);
});
