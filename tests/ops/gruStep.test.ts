import { gruStep, gruStepGradient } from "../../src/ops/innerOps.ts";
import { normalised } from "./families.ts";
import { testOp } from "./testOp.ts";

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const { POSITIVE_INFINITY: inf, NaN: nan } = Number;

testOp("gruStep", [
  {
    name: "known values",
    // Two rows of one: r, z, n. The reset gate is before the product's part of n alone.
    inputs: [
      { shape: [2, 3], values: [1, 0, 0.5, 0, 2, 1] },
      { shape: [2, 3], values: [-1, 0, 3, 1, -1, -2] },
      { shape: [2, 1], values: [4, -1] },
    ],
    apply: (x, p, h) => gruStep(x, p, h),
    tolerance: normalised,
    shape: [2, 1],
    expected: [0.5 * Math.tanh(2) + 2, (1 - sigmoid(1)) * Math.tanh(1 - 2 * sigmoid(1)) - sigmoid(1)],
    secondGradient: true,
  },
  {
    name: "four neighbours at a time",
    inputs: [{ shape: [3, 24] }, { shape: [3, 24] }, { shape: [3, 8] }],
    apply: (x, p, h) => gruStep(x, p, h),
    tolerance: normalised,
  },
  {
    name: "infinite gates keep all or nothing, and NaN stays",
    inputs: [
      { shape: [3, 3], values: [0, inf, 1, -inf, -inf, inf, 0, nan, 0] },
      { shape: [3, 3], values: [0, 0, 0, 0, 0, 0, 0, 0, 0] },
      { shape: [3, 1], values: [7, 7, 7] },
    ],
    apply: (x, p, h) => gruStep(x, p, h),
    tolerance: normalised,
    expected: [7, 1, nan],
    withoutGradient: true,
  },
]);

testOp("gruStepGradient", [
  {
    name: "known values",
    inputs: [
      { shape: [1, 3], values: [0, 0, 0] },
      { shape: [1, 3], values: [0, 0, 2] },
      { shape: [1, 1], values: [3] },
      { shape: [1, 1], values: [8] },
    ],
    apply: (x, p, h, dy) => gruStepGradient(x, p, h, dy),
    tolerance: normalised,
    // n = tanh 1; dn = 4 (1 - n^2), of which r takes 2 / 4 and p half.
    expected: [0.5, 0, 1, 0.5, 0, 0.5, 0]
      .map((part) => part * 4 * (1 - Math.tanh(1) ** 2))
      .map((part, index) => (index === 1 || index === 4 ? 2 * (3 - Math.tanh(1)) : part))
      .map((part, index) => (index === 6 ? 4 : part)),
  },
]);
