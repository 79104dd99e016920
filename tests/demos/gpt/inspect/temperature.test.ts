// What a temperature does to probabilities, and how undecided they are.

import { expect, test } from "vitest";
import { atTemperature, entropyBits } from "../../../../demos/gpt/inspect/temperature.ts";

const logs = Float32Array.from([0.5, 0.25, 0.25], Math.log);

test("1 leaves probabilities as they are, 1/2 squares them, and all add up to 1", () => {
  const rounded = (temperature: number) =>
    Array.from(atTemperature(logs, temperature), (p) => Math.round(1e6 * p) / 1e6);
  expect(rounded(1)).toEqual([0.5, 0.25, 0.25]);
  expect(rounded(0.5)).toEqual([0.666667, 0.166667, 0.166667]);
  expect(rounded(2).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
});

test("very low and very high temperatures stay numbers, also where a probability is 0", () => {
  const withNever = Float32Array.of(-0.1, -40, Number.NEGATIVE_INFINITY);
  expect([...atTemperature(withNever, 1e-3)]).toEqual([1, 0, 0]);
  expect(atTemperature(withNever, 1e6)[1]).toBeCloseTo(0.5, 4);
  expect(atTemperature(withNever, 1e6)[2]).toBe(0);
});

test("entropy in bits", () => {
  expect(entropyBits(Float64Array.of(0.5, 0.25, 0.25))).toBe(1.5);
  expect(entropyBits(Float64Array.of(1, 0))).toBe(0);
  expect(entropyBits(new Float64Array(64).fill(1 / 64))).toBeCloseTo(6, 12);
});
