import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { broadcastTo, mul, reshape, transpose } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { exact, sums, ulps } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("broadcastTo", [
  {
    name: "known values",
    inputs: [{ shape: [2, 1], values: [1, 2] }],
    apply: (x) => broadcastTo(x, [2, 3]),
    tolerance: exact,
    expected: [1, 1, 1, 2, 2, 2],
    dy: [1, 2, 3, 4, 5, 6],
    expectedGradients: [[6, 15]],
  },
  {
    name: "a scalar to a cube",
    inputs: [{ shape: [] }],
    apply: (x) => broadcastTo(x, [3, 5, 7]),
    tolerance: exact,
    gradientTolerance: sums(105),
    shape: [3, 5, 7],
  },
  {
    name: "axes in front and in the middle",
    inputs: [{ shape: [3, 1, 5], integers: true }],
    apply: (x) => broadcastTo(x, [2, 3, 4, 5]),
    tolerance: exact,
    shape: [2, 3, 4, 5],
    secondGradient: true,
  },
  {
    name: "the same shape",
    inputs: [{ shape: [3, 2] }],
    apply: (x) => broadcastTo(x, [3, 2]),
    tolerance: exact,
  },
  {
    name: "one to nothing: the gradient is an empty sum",
    inputs: [{ shape: [1, 3] }],
    apply: (x) => broadcastTo(x, [0, 3]),
    tolerance: exact,
    shape: [0, 3],
    expectedGradients: [[0, 0, 0]],
  },
  {
    name: "a stretched view of a stretched view",
    inputs: [{ shape: [4] }],
    apply: (x) => broadcastTo(transpose(broadcastTo(x, [3, 4])), [2, 4, 3]),
    tolerance: exact,
    gradientTolerance: sums(6),
    shape: [2, 4, 3],
  },
  {
    name: "stretched, then reshaped, which takes a copy",
    inputs: [{ shape: [4, 1] }],
    apply: (x) => mul(reshape(broadcastTo(x, [4, 3]), [2, 6]), 2),
    tolerance: ulps(1),
    gradientTolerance: sums(3),
    shape: [2, 6],
  },
  {
    name: "i32",
    inputs: [{ shape: [1, 2], values: [16777217, -3], dtype: "i32" }],
    apply: (x) => broadcastTo(x, [2, 2]),
    tolerance: exact,
    dtype: "i32",
    expected: [16777217, -3, 16777217, -3],
    withoutGradient: true,
  },
  {
    name: "bool",
    inputs: [given([1], "bool")],
    apply: (x) => broadcastTo(x, [5]),
    tolerance: exact,
    dtype: "bool",
    expected: [1, 1, 1, 1, 1],
    withoutGradient: true,
  },
]);

testErrors("broadcastTo", [
  {
    name: "a size that is neither equal nor 1",
    run: () => broadcastTo(inputNode([2, 3], "f32"), [4, 3]),
    error: ShapeError,
    text: "broadcastTo: [2, 3] does not broadcast to [4, 3]; sizes, aligned at the last axis, must be equal or 1.",
  },
  {
    name: "fewer axes",
    run: () => broadcastTo(inputNode([1, 3], "f32"), [3]),
    error: ShapeError,
    text: "broadcastTo: [1, 3] does not broadcast to [3]; sizes, aligned at the last axis, must be equal or 1.",
  },
  {
    name: "sizes that cannot be",
    run: () => broadcastTo(inputNode([1], "f32"), [2.5]),
    error: ShapeError,
    text: "broadcastTo: shape [2.5] has size 2.5; sizes must be whole numbers >= 0.",
  },
]);
