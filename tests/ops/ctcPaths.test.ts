import { ctcPaths } from "../../src/ops/innerOps.ts";
import { normalised } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("ctcPaths", [
  {
    name: "known values: only one path is long enough",
    inputs: [
      { shape: [3, 1, 5], values: [-1, -2, -3, -4, -5, -6, -7, -8, -9, -10, -11, -12, -13, -14, -15] },
      { shape: [1, 5], values: [0, 1, 0, 1, 0], dtype: "i32" },
      { shape: [1], values: [3], dtype: "i32" },
      { shape: [1], values: [2], dtype: "i32" },
    ],
    apply: (x, labels, steps, counts) => ctcPaths(x, labels, steps, counts),
    tolerance: normalised,
    shape: [1],
    expected: [2 + 8 + 14],
    dy: [2],
    expectedGradients: [[0, -2, 0, 0, 0, 0, 0, -2, 0, 0, 0, 0, 0, -2, 0]],
  },
  {
    name: "impossible states",
    inputs: [
      { shape: [2, 1, 3], values: [-Infinity, -2, -1, -3, -4, -5] },
      { shape: [1, 3], values: [0, 1, 0], dtype: "i32" },
      { shape: [1], values: [2], dtype: "i32" },
      { shape: [1], values: [1], dtype: "i32" },
    ],
    apply: (x, labels, steps, counts) => ctcPaths(x, labels, steps, counts),
    tolerance: normalised,
    expected: [2 - Math.log(Math.exp(-4) + Math.exp(-5))],
    dy: [1],
    expectedGradients: [[0, -1, 0, 0, -1 / (1 + Math.exp(-1)), -1 / (1 + Math.exp(1))]],
  },
  {
    name: "gradients of gradients",
    inputs: [
      { shape: [2, 2, 3], low: -3, high: 0 },
      { shape: [2, 3], values: [0, 1, 0, 0, 2, 0], dtype: "i32" },
      { shape: [2], values: [2, 1], dtype: "i32" },
      { shape: [2], values: [1, 1], dtype: "i32" },
    ],
    apply: (x, labels, steps, counts) => ctcPaths(x, labels, steps, counts),
    tolerance: normalised,
    secondGradient: true,
  },
]);
