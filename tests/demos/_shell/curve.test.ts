import { expect, it } from "vitest";
import { Curve, indexNear, indexUpTo, smoothedValues } from "../../../demos/_shell/curve.ts";

function curveOf(values: readonly number[]): Curve {
  const curve = new Curve();
  for (const [index, value] of values.entries()) curve.add({ step: index + 1, value });
  return curve;
}

it("keeps a long run in fewer than 2000 points, each the mean of those it stands for", () => {
  const curve = new Curve();
  for (let step = 1; step <= 1_000_000; step++) curve.add({ step, value: step });
  expect(curve.length).toBeLessThan(2000);
  expect(curve.length).toBeGreaterThan(900);
  expect(curve.stride).toBe(512);
  expect(curve.steps.slice(0, 2)).toEqual([512, 1024]);
  expect(curve.values.slice(0, 2)).toEqual([256.5, 768.5]);
  expect(curve.last).toEqual({ step: 1_000_000, value: 1_000_000 });
});

it("breaks where a value is not finite, once between two points", () => {
  const curve = curveOf([1, Number.NaN, Number.POSITIVE_INFINITY, 2, 3, Number.NaN]);
  expect(curve.steps).toEqual([1, 4, 5]);
  expect(curve.gaps).toEqual([2, 6]);
  expect(curve.last?.value).toBeNaN();
});

it("has still at most one break between two points when it is thinned", () => {
  const curve = new Curve();
  for (let step = 1; step <= 8000; step++) {
    curve.add({ step, value: step % 2 === 0 && step < 100 ? Number.NaN : 1 });
  }
  const places = curve.gaps.map((gap) => indexUpTo(curve.steps, gap));
  expect(places.length).toBeGreaterThan(1);
  expect(new Set(places).size).toBe(places.length);
});

it("forgets what came after a point that lies before the last one", () => {
  const curve = curveOf([1, 2, Number.NaN, 4, 5]);
  curve.add({ step: 3, value: 7 });
  curve.add({ step: 3, value: 8 });
  expect(curve.steps).toEqual([1, 2, 3, 3]);
  expect(curve.values).toEqual([1, 2, 7, 8]);
  expect(curve.gaps).toEqual([]);
  curve.add({ step: 0, value: 9 });
  expect(curve.values).toEqual([9]);
});

it("finds the range, but for the few points that are far off", () => {
  const values = Array.from({ length: 1000 }, (_, index) => (index * 7) % 1000);
  const curve = curveOf(values);
  // Five in a thousand lie outside at either end.
  expect([curve.lowest, curve.highest]).toEqual([5, 994]);
  expect(curveOf([3, 1, 2]).highest).toBe(3);
  expect(curveOf([3, 1, 2]).lowest).toBe(1);
  expect(curveOf([3]).highest).toBe(3);
  expect(curveOf([3]).lowest).toBe(3);
  expect(new Curve().highest).toBe(Number.NEGATIVE_INFINITY);
  expect(new Curve().lowest).toBe(Number.POSITIVE_INFINITY);
});

it("smooths without a pull towards 0 at the beginning", () => {
  const curve = curveOf([4, 4, 1]);
  expect(smoothedValues(curve, 0)).toBe(curve.values);
  // Weights 1/4, 1/2, 1 of 7/4.
  expect(smoothedValues(curve, 0.5)).toEqual([4, 4, (4 * 0.75 + 1) / 1.75]);
});

it("smooths a thinned curve over as many steps as before", () => {
  const curve = new Curve();
  for (let step = 1; step <= 2000; step++) curve.add({ step, value: step > 1000 ? 1 : 0 });
  expect(curve.stride).toBe(2);
  // One kept point after the jump, that is two steps: 1 - 0.5^2 of it.
  expect(smoothedValues(curve, 0.5)[500]).toBe(0.75);
});

it("finds the step before, and the nearest one", () => {
  const steps = [2, 4, 10];
  expect([1, 2, 3, 9, 10, 99].map((step) => indexUpTo(steps, step))).toEqual([-1, 0, 0, 1, 2, 2]);
  expect([-5, 2, 3, 6, 8, 99].map((step) => indexNear(steps, step))).toEqual([0, 0, 0, 1, 2, 2]);
  expect(indexNear([], 3)).toBe(-1);
});
