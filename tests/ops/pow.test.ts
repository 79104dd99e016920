import { pow } from "../../src/ops/index.ts";
import { binaryShapes, given, numberCases } from "./elementwiseCases.ts";
import { normalised, power } from "./families.ts";
import type { OpCase } from "./opCase.ts";
import { testOp } from "./testOp.ts";

const positive = { low: 0.25, high: 3 };

testOp("pow", [
  {
    name: "known values",
    inputs: [given([2, 2, 9, 10, 1, 0.5]), given([3, -1, 0.5, 2, 77, -2])],
    apply: (a, b) => pow(a, b),
    tolerance: power,
    gradientTolerance: normalised,
    expected: [8, 0.5, 3, 100, 1, 4],
  },
  {
    name: "a base below 0",
    inputs: [given([-2, -2, -2, -8, -1, -0.5]), given([3, 2, -1, 1 / 3, 1001, -2])],
    apply: (a, b) => pow(a, b),
    tolerance: power,
    expected: [-8, 4, -0.5, Number.NaN, -1, 4],
    withoutGradient: true,
  },
  {
    name: "0 and 1",
    inputs: [given([0, 0, 0, -3, Number.NaN, 1, 0]), given([0, 2, 0.001, 0, 0, -5, 1])],
    apply: (a, b) => pow(a, b),
    tolerance: power,
    expected: [1, 0, 0, 1, 1, 1, 0],
    withoutGradient: true,
  },
  {
    name: "0 to a power below 0",
    inputs: [given([0, 0]), given([-1, -0.5])],
    apply: (a, b) => pow(a, b),
    tolerance: power,
    expected: [Infinity, Infinity],
    withoutGradient: true,
  },
  {
    name: "no number",
    inputs: [given([Number.NaN, 2]), given([2, Number.NaN])],
    apply: (a, b) => pow(a, b),
    tolerance: power,
    expected: [Number.NaN, Number.NaN],
    withoutGradient: true,
  },
  {
    name: "slopes at 0",
    inputs: [given([0, 0, 0, 2, 0]), given([2, 1, 0, 0, 3])],
    apply: (a, b) => pow(a, b),
    tolerance: power,
    gradientTolerance: normalised,
    dy: [3, 5, 7, 2, 1],
    expectedGradients: [
      [0, 5, 0, 0, 0],
      [0, 0, 0, 2 * Math.LN2, 0],
    ],
  },
  {
    name: "integers give f32",
    inputs: [given([2, -3, 0], "i32"), given([10, 3, 0], "i32")],
    apply: (a, b) => pow(a, b),
    tolerance: power,
    dtype: "f32",
    expected: [1024, -27, 1],
    withoutGradient: true,
  },
  ...numberCases(pow, { tolerance: normalised, ...positive }).filter(
    ({ name }) => !/^(0|-1) on the left/.test(name),
  ),
  ...[3, 2.5].map(
    (exponent): OpCase => ({
      name: `to the power of ${exponent}`,
      inputs: [{ shape: [11], ...positive }],
      apply: (a) => pow(a, exponent),
      tolerance: power,
      gradientTolerance: normalised,
      secondGradient: true,
    }),
  ),
  {
    name: "integers squared",
    inputs: [given([3, -5], "i32")],
    apply: (a) => pow(a, 2),
    tolerance: power,
    dtype: "f32",
    expected: [9, 25],
    withoutGradient: true,
  },
  {
    name: "second gradients",
    inputs: [
      { shape: [7], ...positive },
      { shape: [7], low: -2, high: 3 },
    ],
    apply: (a, b) => pow(a, b),
    tolerance: power,
    gradientTolerance: normalised,
    secondGradient: true,
  },
  ...binaryShapes(pow, {
    tolerance: power,
    gradientTolerance: normalised,
    summed: () => normalised,
    second: { low: -2, high: 3 },
    ...positive,
  }),
]);
