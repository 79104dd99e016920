// The test that random numbers are tested with, itself tested.

import { expect, test } from "vitest";
import { seededRandom } from "../../src/data/seededRandom.ts";
import { kolmogorovSmirnov } from "../setup/kolmogorovSmirnov.ts";

const even = (x: number) => Math.min(1, Math.max(0, x));

test("its distance and probability are those that are known", () => {
  const middles = Array.from({ length: 100 }, (_, index) => (index + 0.5) / 100);
  const { distance, probability } = kolmogorovSmirnov(middles, even);
  expect(distance).toBeCloseTo(0.005, 12);
  expect(probability).toBe(1);
  // 1.358 / sqrt(n) is the mark of five percent for many numbers, 1.628 that of one.
  const shifted = (by: number) => kolmogorovSmirnov(manyMiddles, (x) => even(x + by)).probability;
  const manyMiddles = Array.from({ length: 100_000 }, (_, index) => (index + 0.5) / 100_000);
  expect(shifted(1.358 / Math.sqrt(100_000))).toBeCloseTo(0.05, 2);
  expect(shifted(1.628 / Math.sqrt(100_000))).toBeCloseTo(0.01, 2);
});

test("it takes what is drawn from a distribution, and refuses what is not", () => {
  const random = seededRandom(1, 2);
  const values = Array.from({ length: 20_000 }, () => random());
  expect(kolmogorovSmirnov(values, even).probability).toBeGreaterThan(0.01);
  expect(
    kolmogorovSmirnov(
      values.map((x) => x * 0.97),
      even,
    ).probability,
  ).toBeLessThan(1e-6);
  expect(
    kolmogorovSmirnov(
      values.map((x) => x ** 1.06),
      even,
    ).probability,
  ).toBeLessThan(1e-4);
});
