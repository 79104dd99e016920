import { lstmStep, lstmStepGradient } from "../../src/ops/innerOps.ts";
import { given } from "./elementwiseCases.ts";
import { normalised } from "./families.ts";
import { testOp } from "./testOp.ts";

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const { POSITIVE_INFINITY: inf, NaN: nan } = Number;

testOp("lstmStep", [
  {
    name: "known values",
    // Two rows of one: gates i, f, g, o.
    inputs: [
      { shape: [2, 4], values: [0, 0, 1, 0, 1, -1, 0, 2] },
      { shape: [2, 1], values: [3, -2] },
    ],
    apply: (gates, c) => lstmStep(gates, c),
    tolerance: normalised,
    shape: [2, 2, 1],
    expected: [
      0.5 * Math.tanh(1.5 + 0.5 * Math.tanh(1)),
      sigmoid(2) * Math.tanh(-2 * sigmoid(-1)),
      1.5 + 0.5 * Math.tanh(1),
      -2 * sigmoid(-1),
    ],
    secondGradient: true,
  },
  {
    name: "four neighbours at a time",
    inputs: [{ shape: [3, 32] }, { shape: [3, 8] }],
    apply: (gates, c) => lstmStep(gates, c),
    tolerance: normalised,
  },
  {
    name: "infinite gates are wide open or shut, and NaN stays",
    inputs: [
      { shape: [3, 4], values: [inf, -inf, inf, inf, -inf, inf, -inf, inf, nan, 0, 0, 0] },
      { shape: [3, 1], values: [5, 0.5, 1] },
    ],
    apply: (gates, c) => lstmStep(gates, c),
    tolerance: normalised,
    expected: [Math.tanh(1), Math.tanh(0.5), nan, 1, 0.5, nan],
    withoutGradient: true,
  },
]);

testOp("lstmStepGradient", [
  {
    name: "known values",
    inputs: [given([0, 0, 0, 0]), given([2]), given([4]), given([1])].map(({ values, shape }) => ({
      shape: [1, shape[0]],
      values,
    })),
    apply: (gates, c, dh, dc) => lstmStepGradient(gates, c, dh, dc),
    tolerance: normalised,
    // c' = 1, of which h' sees half: its whole slope is 1 + 2 (1 - tanh(1)^2).
    expected: [0, 0.5, 0.5, 0, 0.5]
      .map((part) => part * (1 + 2 * (1 - Math.tanh(1) ** 2)))
      .map((part, index) => (index === 3 ? Math.tanh(1) : part)),
  },
]);
