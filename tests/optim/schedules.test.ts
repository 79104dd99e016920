// Learning-rate schedules against the numbers in PyTorch's documentation and its recursive forms.

import { expect, test } from "vitest";
import { UsageError } from "../../src/base/errors.ts";
import {
  ChainedScheduler,
  CosineAnnealingLR,
  ExponentialLR,
  LambdaLR,
  LinearLR,
  type LRScheduler,
  MultiStepLR,
  OneCycleLR,
  SequentialLR,
  StepLR,
} from "../../src/optim/optim.ts";

/** The rates that `optimizer` has at steps 0 to `steps`. */
function ratesOf(optimizer: { lr: number }, schedule: LRScheduler, steps: number): number[] {
  const rates = [optimizer.lr];
  for (let step = 1; step <= steps; step++) {
    schedule.step();
    rates.push(optimizer.lr);
  }
  return rates;
}

/** Float64 on both sides: what differs is the order of a few roundings. */
function expectRates(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((rate, step) => expect(rate, `step ${step}`).toBeCloseTo(expected[step], 12));
}

test("StepLR: a tenth every 30 steps", () => {
  const optimizer = { lr: 0.05 };
  const rates = ratesOf(optimizer, new StepLR(optimizer, 30), 90);
  expectRates(
    [rates[0], rates[29], rates[30], rates[59], rates[60], rates[89], rates[90]],
    [0.05, 0.05, 0.005, 0.005, 0.0005, 0.0005, 0.00005],
  );
});

test("MultiStepLR: a tenth at 30 and at 80", () => {
  const optimizer = { lr: 0.05 };
  const rates = ratesOf(optimizer, new MultiStepLR(optimizer, [30, 80]), 80);
  expectRates([rates[29], rates[30], rates[79], rates[80]], [0.05, 0.005, 0.005, 0.0005]);
});

test("ExponentialLR", () => {
  const optimizer = { lr: 1 };
  expectRates(ratesOf(optimizer, new ExponentialLR(optimizer, 0.5), 4), [1, 0.5, 0.25, 0.125, 0.0625]);
});

test("LambdaLR", () => {
  const optimizer = { lr: 2 };
  expectRates(ratesOf(optimizer, new LambdaLR(optimizer, (step) => 1 / (1 + step)), 3), [2, 1, 2 / 3, 0.5]);
});

test("LinearLR: a warm-up from half", () => {
  const optimizer = { lr: 0.05 };
  const schedule = new LinearLR(optimizer, { startFactor: 0.5, totalSteps: 4 });
  expectRates(ratesOf(optimizer, schedule, 6), [0.025, 0.03125, 0.0375, 0.04375, 0.05, 0.05, 0.05]);
});

test("CosineAnnealingLR agrees with the recursive form", () => {
  const optimizer = { lr: 0.1 };
  const etaMin = 0.01;
  const rates = ratesOf(optimizer, new CosineAnnealingLR(optimizer, 10, { etaMin }), 9);
  const expected = [0.1];
  for (let step = 1; step < 10; step++) {
    const ratio = (1 + Math.cos((Math.PI * step) / 10)) / (1 + Math.cos((Math.PI * (step - 1)) / 10));
    expected.push(etaMin + (expected[step - 1] - etaMin) * ratio);
  }
  expectRates(rates, expected);
});

test("CosineAnnealingLR reaches its least rate and comes back", () => {
  const optimizer = { lr: 1 };
  const rates = ratesOf(optimizer, new CosineAnnealingLR(optimizer, 4), 8);
  expectRates([rates[0], rates[2], rates[4], rates[6], rates[8]], [1, 0.5, 0, 0.5, 1]);
});

test("OneCycleLR rises in 30 % of the steps and falls to a ten-thousandth of its start", () => {
  const optimizer = { lr: 7 };
  const rates = ratesOf(optimizer, new OneCycleLR(optimizer, 1, 100), 120);
  expectRates([rates[0], rates[29], rates[99], rates[120]], [0.04, 1, 0.000004, 0.000004]);
  expectRates([rates[14] + rates[15]], [1.04]); // the rise is symmetric about its middle, 14.5
  expectRates([rates[64]], [(1 + 0.000004) / 2]); // the middle of the fall, from 29 to 99
});

test("SequentialLR starts each schedule at its own step 0", () => {
  const optimizer = { lr: 1 };
  const warmup = new LinearLR(optimizer, { startFactor: 0.25, totalSteps: 3 });
  const decay = new ExponentialLR(optimizer, 0.5);
  const schedule = new SequentialLR(optimizer, [warmup, decay], [3]);
  expectRates(ratesOf(optimizer, schedule, 6), [0.25, 0.5, 0.75, 1, 0.5, 0.25, 0.125]);
});

test("ChainedScheduler multiplies", () => {
  const optimizer = { lr: 0.05 };
  const constant = new LinearLR(optimizer, { startFactor: 0.1, endFactor: 0.1, totalSteps: 1 });
  const schedule = new ChainedScheduler([constant, new ExponentialLR(optimizer, 0.9)]);
  expectRates(ratesOf(optimizer, schedule, 3), [0.005, 0.0045, 0.00405, 0.003645]);
});

test("a schedule made after another starts from the rate before both", () => {
  const optimizer = { lr: 0.4 };
  new LinearLR(optimizer, { startFactor: 0.5 });
  expect(optimizer.lr).toBe(0.2);
  expect(new ExponentialLR(optimizer, 0.5).baseLr).toBe(0.4);
});

test("a saved schedule goes on where it stood", () => {
  const first = { lr: 0.3 };
  const schedule = new CosineAnnealingLR(first, 20);
  ratesOf(first, schedule, 7);
  const second = { lr: 1 };
  const resumed = new CosineAnnealingLR(second, 20);
  resumed.loadStateDict(schedule.stateDict());
  expect(second.lr).toBe(first.lr);
  expect(ratesOf(second, resumed, 5)).toEqual(ratesOf(first, schedule, 5));
  expect(resumed.lastStep).toBe(12);
});

test("arguments out of range", () => {
  const optimizer = { lr: 1 };
  const faults: [() => unknown, string][] = [
    [() => new StepLR(optimizer, 0), "StepLR: stepSize is 0; it must be a whole number from 1."],
    [
      () => new StepLR(optimizer, 2, { gamma: Number.NaN }),
      "StepLR: gamma is NaN; it must be a finite number from 0.",
    ],
    [
      () => new ExponentialLR(optimizer, -1),
      "ExponentialLR: gamma is -1; it must be a finite number from 0.",
    ],
    [
      () => new MultiStepLR(optimizer, [5, 3]),
      "MultiStepLR: milestones are [5, 3]; they must be whole numbers from 1, each above the one before.",
    ],
    [
      () => new CosineAnnealingLR(optimizer, 1.5),
      "CosineAnnealingLR: maxSteps is 1.5; it must be a whole number from 1.",
    ],
    [
      () => new LinearLR(optimizer, { totalSteps: 0 }),
      "LinearLR: totalSteps is 0; it must be a whole number from 1.",
    ],
    [
      () => new OneCycleLR(optimizer, 1, 100, { divFactor: 0 }),
      "OneCycleLR: divFactor is 0; it must be a finite number above 0.",
    ],
    [
      () => new OneCycleLR(optimizer, 1, 3),
      "OneCycleLR: riseFraction is 0.3 of 3 steps; rise and fall must both take more than one step.",
    ],
    [
      () => new SequentialLR(optimizer, [new StepLR(optimizer, 1)], [4]),
      "SequentialLR: 1 milestones for 1 schedulers; there must be one less.",
    ],
    [
      () => new ChainedScheduler([]),
      "ChainedScheduler: the list of schedulers is empty; it must have at least one.",
    ],
    [
      () => new ChainedScheduler([new StepLR(optimizer, 1), new StepLR({ lr: 1 }, 1)]),
      "ChainedScheduler: the schedulers are of different optimizers; all must be of one.",
    ],
    [
      () => new StepLR(optimizer, 1).loadStateDict({ step: -1, baseLr: 1 }),
      "LRScheduler.loadStateDict: step is -1; it must be a whole number from 0.",
    ],
  ];
  for (const [body, message] of faults) expect(body).toThrow(new UsageError(message));
});
