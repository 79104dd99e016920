// Fifty steps of every learning-rate schedule against PyTorch's. Both are float64 but reach a rate by other roundings:
// PyTorch multiplies from step to step where ours are closed forms.

import { beforeAll, expect, test } from "vitest";
import * as optim from "../../src/optim/optim.ts";
import { type Fixture, loadFixture } from "./fixture.ts";
import { hashNumbers } from "./hashNumbers.ts";
import facts from "./optim.json";

let fixture: Fixture;

beforeAll(async () => {
  fixture = await loadFixture("optim");
});

/** What stands in the fixture: names and values are those of the schedule's own options. */
type Options = Record<string, never>;

type Maker = (optimizer: optim.HasLearningRate, options: Options, arguments_: never[]) => optim.LRScheduler;

const makers: Record<string, Maker> = {
  ConstantLR: (optimizer, options) => new optim.ConstantLR(optimizer, options),
  StepLR: (optimizer, options, [size]) => new optim.StepLR(optimizer, size, options),
  MultiStepLR: (optimizer, options, [milestones]) => new optim.MultiStepLR(optimizer, milestones, options),
  ExponentialLR: (optimizer, _, [gamma]) => new optim.ExponentialLR(optimizer, gamma),
  LinearLR: (optimizer, options) => new optim.LinearLR(optimizer, options),
  PolynomialLR: (optimizer, options) => new optim.PolynomialLR(optimizer, options),
  CosineAnnealingLR: (optimizer, options, [steps]) => new optim.CosineAnnealingLR(optimizer, steps, options),
  CosineAnnealingWarmRestarts: (optimizer, options, [period]) =>
    new optim.CosineAnnealingWarmRestarts(optimizer, period, options),
  CyclicLR: (optimizer, options, [low, high]) => new optim.CyclicLR(optimizer, low, high, options),
  OneCycleLR: (optimizer, options, [lr, steps]) => new optim.OneCycleLR(optimizer, lr, steps, options),
  SWALR: (optimizer, options, [lr]) => new optim.SWALR(optimizer, lr, options),
};

test("every kind has cases", () => {
  expect([...new Set(facts.schedules.map(({ name }) => name))].sort()).toEqual(Object.keys(makers).sort());
});

test.each(facts.schedules.map((entry, number) => ({ ...entry, number })))(
  "$name $arguments $options",
  ({ name, arguments: positional, options, number }) => {
    const optimizer = { lr: facts.baseLr };
    const schedule = makers[name](optimizer, options as Options, positional as never[]);
    const rates = [optimizer.lr];
    for (let step = 0; step < facts.rates; step++) {
      schedule.step();
      rates.push(optimizer.lr);
    }
    expectRates(rates, fixture.get(`schedule ${number}`).data);
  },
);

test.each(facts.plateaus.map((entry, number) => ({ ...entry, number })))(
  "ReduceLROnPlateau $options",
  ({ options, number }) => {
    const optimizer = { lr: facts.baseLr };
    const schedule = new optim.ReduceLROnPlateau(optimizer, options as never);
    const metrics = hashNumbers(facts.seed, 5000, [facts.rates]);
    const rates = [optimizer.lr];
    for (const metric of metrics) {
      schedule.step(metric + 2);
      rates.push(optimizer.lr);
    }
    expect(new Set(rates).size, "rates").toBeGreaterThan(2);
    expectRates(rates, fixture.get(`plateau ${number}`).data);
  },
);

function expectRates(actual: readonly number[], expected: Float64Array): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((rate, step) => expect(rate, `step ${step}`).toBeCloseTo(expected[step], 12));
}
