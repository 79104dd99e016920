import { ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { mul, stack, transpose } from "../../src/ops/index.ts";
import { exact, sums, ulps } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("stack", [
  {
    name: "rows",
    inputs: [
      { shape: [2], values: [1, 2] },
      { shape: [2], values: [3, 4] },
    ],
    apply: (a, b) => stack([a, b]),
    tolerance: exact,
    shape: [2, 2],
    expected: [1, 2, 3, 4],
    dy: [1, 2, 3, 4],
    expectedGradients: [
      [1, 2],
      [3, 4],
    ],
  },
  {
    name: "along a last axis, one of them twice",
    inputs: [{ shape: [2, 3] }, { shape: [3, 2] }],
    apply: (a, b) => stack([a, transpose(b), mul(a, 2)], { axis: -1 }),
    tolerance: ulps(1),
    shape: [2, 3, 3],
    gradientTolerance: sums(2),
    secondGradient: true,
  },
  {
    name: "scalars of two dtypes",
    inputs: [
      { shape: [], values: [1.5] },
      { shape: [], values: [2], dtype: "i32" },
    ],
    apply: (a, b) => stack([a, b]),
    tolerance: exact,
    shape: [2],
    dtype: "f32",
    expected: [1.5, 2],
  },
  {
    name: "nothing",
    inputs: [{ shape: [0, 2] }],
    apply: (x) => stack([x, x]),
    tolerance: exact,
    shape: [2, 0, 2],
  },
]);

testErrors("stack", [
  {
    name: "an empty list",
    run: () => stack([]),
    error: UsageError,
    text: "stack: the list is empty; it must hold at least one tensor.",
  },
  {
    name: "other shapes",
    run: () => stack([inputNode([2, 3], "f32"), inputNode([3, 2], "f32")]),
    error: ShapeError,
    text: "stack: [2, 3] and [3, 2] differ; all shapes must be equal.",
  },
  {
    name: "an axis out of range",
    run: () => stack([inputNode([2, 3], "f32")], { axis: 3 }),
    error: ShapeError,
    text: "stack: axis 3 is out of range for 3 axes; it must be a whole number in -3..2.",
  },
]);
