import { relu } from "../../src/ops/index.ts";
import { batchNormWeightGradient } from "../../src/ops/innerOps.ts";
import { normalised } from "./families.ts";
import type { OpCase } from "./opCase.ts";
import { testOp } from "./testOp.ts";

const shapes: readonly (readonly [number, number, number])[] = [
  [3, 2, 1],
  [2, 3, 5],
  [2, 2, 8],
  [5, 1, 4104],
  [0, 3, 4],
  [3, 2, 0],
];

const byShape = shapes.map(
  (shape): OpCase => ({
    name: `[${shape.join(", ")}]`,
    inputs: [{ shape, low: -1, high: 3 }, { shape }],
    apply: (x, dy) => batchNormWeightGradient(x, dy, { eps: 0.25 }),
    tolerance: normalised,
    shape: [2, shape[1]],
    secondGradient: shape[2] === 5 ? true : undefined,
  }),
);

testOp("batchNormWeightGradient", [
  {
    name: "known values",
    // Normalised values are (x - mean) / 2, so 0.5 and -0.5.
    inputs: [
      { shape: [2, 1, 2], values: [1, -1, 1, -1] },
      { shape: [2, 1, 2], values: [4, 2, 2, 6] },
    ],
    apply: (x, dy) => batchNormWeightGradient(x, dy, { eps: 3 }),
    tolerance: normalised,
    expected: [-1, 14],
  },
  {
    name: "of an activation's slope, which is computed while it is read",
    inputs: [{ shape: [3, 2, 8] }, { shape: [3, 2, 8] }],
    apply: (x, dy) => batchNormWeightGradient(x, relu(dy), { eps: 0.25 }),
    tolerance: normalised,
  },
  ...byShape,
]);
