import { normInputGradient } from "../../src/ops/innerOps.ts";
import { given } from "./elementwiseCases.ts";
import { normalised } from "./families.ts";
import type { OpCase } from "./opCase.ts";
import { testOp } from "./testOp.ts";

const shapes: readonly (readonly number[])[] = [
  [3, 1],
  [5, 7],
  [2, 3, 8],
  [2, 65],
  [0, 4],
  [3, 0],
];

/** Both kinds at every shape; the rule is the composition's, which must agree with the reference's own formula. */
const byShape = [true, false].flatMap((centered) =>
  shapes.map((shape): OpCase => {
    const cols = shape[shape.length - 1];
    return {
      name: `${centered ? "layer norm" : "RMS norm"} of [${shape.join(", ")}]`,
      inputs: [{ shape, low: -1, high: 3 }, { shape: [cols] }, { shape }],
      apply: (x, w, dy) => normInputGradient(x, w, dy, { cols, eps: 0.25, centered }),
      tolerance: normalised,
      shape,
      secondGradient: cols < 8 ? true : undefined,
    };
  }),
);

testOp("normInputGradient", [
  {
    name: "known values of layer norm",
    // Normalised values are (x - mean) / 2; the part of g along them, and its mean, are taken away.
    inputs: [{ shape: [1, 4], values: [1, -1, 1, -1] }, given([1, 1, 2, 2]), given([4, 2, 1, 3])],
    apply: (x, w, dy) => normInputGradient(x, w, dy, { cols: 4, eps: 3, centered: true }),
    tolerance: normalised,
    // g = (4, 2, 2, 6), mean 3.5; mean(g xh) = -0.25, so dx = (g - 3.5 + 0.25 xh) / 2 with xh = (0.5, -0.5, ...).
    expected: [0.3125, -0.8125, -0.6875, 1.1875],
  },
  {
    name: "known values of RMS norm",
    inputs: [{ shape: [1, 4], values: [1, -1, 1, -1] }, given([1, 1, 2, 2]), given([4, 2, 1, 3])],
    apply: (x, w, dy) => normInputGradient(x, w, dy, { cols: 4, eps: 3, centered: false }),
    tolerance: normalised,
    expected: [2.0625, 0.9375, 1.0625, 2.9375],
  },
  ...byShape,
]);
