// What the benchmark holds results against: that right ones pass, that wrong ones do not, wherever they are wrong.

import { describe, expect, test } from "vitest";
import { floorCases } from "../../bench/cases/floorCases.ts";
import { elements } from "../../bench/cases/opCase.ts";
import { type ExactResult, expectationOf, requireResults, signedTolerance } from "../../bench/expectation.ts";
import { opCases } from "../../bench/opCases.ts";

/** All elements, as an engine without any error would have them. */
function valuesOf(exact: ExactResult): Float64Array {
  return Float64Array.from({ length: elements(exact.shape) }, (_, index) => exact.at(index).value);
}

describe.each([...opCases, ...floorCases].map((known) => [known.name, known] as const))("%s", (_, known) => {
  const problem = known.problem("small");
  const exact = problem.exact();
  const expectations = exact.map(expectationOf);

  test("has a cost, and inputs that fill their shapes", () => {
    expect(problem.bytes).toBeGreaterThan(0);
    expect(problem.flops >= 0 && Number.isInteger(problem.flops)).toBe(true);
    for (const { shape, values } of problem.inputs) expect(values).toHaveLength(elements(shape));
  });

  test("exact results pass, and none with an element that is off", () => {
    const results = exact.map(valuesOf);
    expect(() => requireResults(results, expectations)).not.toThrow();
    results.forEach((values, place) => {
      const index = expectations[place].indices[Math.floor(expectations[place].indices.length / 2)];
      const wrong = results.map((right) => Float64Array.from(right));
      wrong[place][index] += 1.01 * exact[place].at(index).tolerance + 1e-12;
      expect(() => requireResults(wrong, expectations)).toThrow(
        `wrong ${exact[place].name}: element ${index}`,
      );
      wrong[place] = values.slice(1);
      expect(() => requireResults(wrong, expectations)).toThrow(`${values.length - 1} elements; there are`);
    });
    expect(() => requireResults([], expectations)).toThrow("wrong result: 0 arrays");
  });

  test("tolerances are small beside the values", () => {
    for (const result of exact) {
      const values = valuesOf(result);
      const tolerances = values.map((_value, index) => result.at(index).tolerance);
      expect(Math.hypot(...tolerances)).toBeLessThan(1e-3 * Math.hypot(...values));
    }
  });
});

test("a wrong element that is not looked at is found in the sum", () => {
  const exact: ExactResult = {
    name: "y",
    shape: [50, 40],
    at: (index) => ({ value: Math.sin(index), tolerance: 1e-6 }),
  };
  const expectation = expectationOf(exact);
  expect(expectation.indices.length).toBeLessThanOrEqual(300);
  const unseen = Array.from({ length: 2000 }, (_, index) => index).find(
    (index) => !expectation.indices.includes(index),
  );
  const values = valuesOf(exact);
  values[unseen ?? 0] += 0.01;
  expect(() => requireResults([values], [expectation])).toThrow(
    "wrong y: the signed sum of all 2000 elements",
  );
  values[unseen ?? 0] = Number.NaN;
  expect(() => requireResults([values], [expectation])).toThrow("the signed sum of all 2000 elements is NaN");
});

test("errors that all point one way are held against their size, not their number", () => {
  const exact: ExactResult = { name: "y", shape: [90, 90], at: () => ({ value: 1, tolerance: 1e-3 }) };
  const expectation = expectationOf(exact);
  expect(() => requireResults([valuesOf(exact).map((value) => value + 9e-4)], [expectation])).not.toThrow();
});

test.each(["matmul-nt", "matmul-tn", "matmul-batched", "matmul-wide"])(
  "the quick sum of %s is that of its elements",
  (name) => {
    const [exact] =
      opCases
        .find((known) => known.name === name)
        ?.problem("small")
        .exact() ?? [];
    const quick = expectationOf(exact).signedSum;
    const slow = expectationOf({ name: exact.name, shape: exact.shape, at: exact.at }).signedSum;
    if (quick === undefined || slow === undefined) throw new Error("there is no sum");
    expect(exact.signedSum).toBeDefined();
    expect(Math.abs(quick.value - slow.value)).toBeLessThan(1e-9);
    // By Cauchy and Schwarz the quick one is the wider, and not by much.
    expect(quick.tolerance / slow.tolerance).toBeGreaterThan(1);
    expect(quick.tolerance / slow.tolerance).toBeLessThan(2);
    expect(signedTolerance(4)).toBe(2 * signedTolerance(1));
  },
);
