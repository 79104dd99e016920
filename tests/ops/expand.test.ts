import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { expand } from "../../src/ops/index.ts";
import { exact, sums } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("expand", [
  {
    name: "a column, with a new axis",
    inputs: [{ shape: [2, 1], values: [1, 2] }],
    apply: (x) => expand(x, [2, -1, 3]),
    tolerance: exact,
    shape: [2, 2, 3],
    expected: [1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2],
    dy: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    expectedGradients: [[24, 42]],
  },
  {
    name: "a scalar",
    inputs: [{ shape: [] }],
    apply: (x) => expand(x, [2, 3]),
    tolerance: exact,
    shape: [2, 3],
    gradientTolerance: sums(6),
    secondGradient: true,
  },
  {
    name: "nothing changed",
    inputs: [{ shape: [2, 3] }],
    apply: (x) => expand(x, [-1, -1]),
    tolerance: exact,
    shape: [2, 3],
  },
  {
    name: "to no element",
    inputs: [{ shape: [1, 3] }],
    apply: (x) => expand(x, [0, 3]),
    tolerance: exact,
    shape: [0, 3],
  },
  {
    name: "bool",
    inputs: [{ shape: [2, 1], values: [1, 0], dtype: "bool" }],
    apply: (x) => expand(x, [2, 2]),
    tolerance: exact,
    dtype: "bool",
    expected: [1, 1, 0, 0],
    withoutGradient: true,
  },
]);

testErrors("expand", [
  {
    name: "an axis that is not there",
    run: () => expand(inputNode([2, 3], "f32"), [-1, 2, 3]),
    error: ShapeError,
    text: "expand: shape [-1, 2, 3] has -1 at axis 0, which [2, 3] lacks; new axes need a size.",
  },
  {
    name: "another size",
    run: () => expand(inputNode([2, 3], "f32"), [4, 3]),
    error: ShapeError,
    text: "broadcastTo: [2, 3] does not broadcast to [4, 3]; sizes, aligned at the last axis, must be equal or 1.",
  },
  {
    name: "fewer axes",
    run: () => expand(inputNode([2, 3], "f32"), [3]),
    error: ShapeError,
    text: "broadcastTo: [2, 3] does not broadcast to [3]; sizes, aligned at the last axis, must be equal or 1.",
  },
]);
