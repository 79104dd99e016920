import { normWeightGradient } from "../../src/ops/innerOps.ts";
import { normalised } from "./families.ts";
import type { OpCase } from "./opCase.ts";
import { testOp } from "./testOp.ts";

/** Among them: more rows than one workgroup takes, more columns than one workgroup takes, and no row. */
const shapes: readonly (readonly number[])[] = [
  [4, 1],
  [5, 7],
  [2, 3, 8],
  [300, 6],
  [2, 1030],
  [0, 4],
  [3, 0],
];

const byShape = [true, false].flatMap((centered) =>
  [true, false].flatMap((bias) =>
    shapes.map((shape): OpCase => {
      const cols = shape[shape.length - 1];
      return {
        name: `${centered ? "layer norm" : "RMS norm"} of [${shape.join(", ")}]${bias ? " with bias" : ""}`,
        inputs: [{ shape, low: -1, high: 3 }, { shape }],
        apply: (x, dy) => normWeightGradient(x, dy, { cols, eps: 0.25, centered, bias }),
        tolerance: normalised,
        shape: [bias ? 2 : 1, cols],
        secondGradient: cols < 8 && shape[0] < 9 ? true : undefined,
      };
    }),
  ),
);

testOp("normWeightGradient", [
  {
    name: "known values",
    // Normalised values are half of x less its mean.
    inputs: [
      { shape: [2, 2], values: [1, 3, 5, 3] },
      { shape: [2, 2], values: [10, 20, 300, 400] },
    ],
    apply: (x, dy) => normWeightGradient(x, dy, { cols: 2, eps: 3, centered: true, bias: true }),
    tolerance: normalised,
    expected: [-5 + 150, 10 - 200, 310, 420],
  },
  ...byShape,
]);
