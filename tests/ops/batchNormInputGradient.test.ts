import { batchNormInputGradient } from "../../src/ops/innerOps.ts";
import { given } from "./elementwiseCases.ts";
import { normalised } from "./families.ts";
import type { OpCase } from "./opCase.ts";
import { testOp } from "./testOp.ts";

const shapes: readonly (readonly [number, number, number])[] = [
  [3, 2, 1],
  [2, 3, 5],
  [2, 2, 8],
  [5, 1, 260],
  [0, 3, 4],
  [3, 2, 0],
];

/** The rule is the composition's, which must agree with the reference's own formula. */
const byShape = shapes.map(
  (shape): OpCase => ({
    name: `[${shape.join(", ")}]`,
    inputs: [{ shape, low: -1, high: 3 }, { shape: [shape[1]] }, { shape }],
    apply: (x, w, dy) => batchNormInputGradient(x, w, dy, { eps: 0.25 }),
    tolerance: normalised,
    shape,
    secondGradient: shape[2] === 5 ? true : undefined,
  }),
);

testOp("batchNormInputGradient", [
  {
    name: "known values",
    // Normalised values are (x - mean) / 2; the part of dy along them, and its mean, are taken away.
    inputs: [
      { shape: [2, 1, 2], values: [1, -1, 1, -1] },
      given([2]),
      { shape: [2, 1, 2], values: [2, 1, 1, 3] },
    ],
    apply: (x, w, dy) => batchNormInputGradient(x, w, dy, { eps: 3 }),
    tolerance: normalised,
    // Mean 1.75; mean(dy xh) = -0.125, so dx = (dy - 1.75 + 0.125 xh) with xh = (0.5, -0.5, ...).
    expected: [0.3125, -0.8125, -0.6875, 1.1875],
  },
  ...byShape,
]);
