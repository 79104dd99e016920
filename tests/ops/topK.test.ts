import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { topK } from "../../src/ops/index.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("topK", [
  {
    name: "known values",
    inputs: [{ shape: [2, 4], values: [3, 1, 4, 2, -5, 7, -6, 7] }],
    apply: (x) => topK(x, 2).values,
    tolerance: exact,
    shape: [2, 2],
    expected: [4, 3, 7, 7],
    dy: [1, 2, 3, 4],
    expectedGradients: [[2, 0, 1, 0, 0, 3, 0, 4]],
  },
  {
    name: "where they stand, the first of equal ones",
    inputs: [{ shape: [2, 4], values: [3, 1, 4, 2, -5, 7, -6, 7] }],
    apply: (x) => topK(x, 2).indices,
    tolerance: exact,
    dtype: "i32",
    expected: [2, 0, 1, 3],
    withoutGradient: true,
  },
  {
    name: "the smallest of each column",
    inputs: [{ shape: [90, 3] }],
    apply: (x) => topK(x, 5, { axis: 0, largest: false }).values,
    tolerance: exact,
    shape: [5, 3],
    secondGradient: true,
  },
  {
    name: "NaN is the largest",
    inputs: [{ shape: [4], values: [1, Number.NaN, Infinity, 2] }],
    apply: (x) => topK(x, 2).indices,
    tolerance: exact,
    expected: [1, 2],
    withoutGradient: true,
  },
  {
    name: "none",
    inputs: [{ shape: [2, 3] }],
    apply: (x) => topK(x, 0).values,
    tolerance: exact,
    shape: [2, 0],
  },
]);

testErrors("topK", [
  {
    name: "more than there are",
    run: () => topK(inputNode([2, 3], "f32"), 4),
    error: ShapeError,
    text: "topK: k is 4 for an axis of 3 in [2, 3]; it must be a whole number in 0..3.",
  },
  {
    name: "a number below 0",
    run: () => topK(inputNode([2, 3], "f32"), -1),
    error: ShapeError,
    text: "topK: k is -1 for an axis of 3 in [2, 3]; it must be a whole number in 0..3.",
  },
  {
    name: "a fraction",
    run: () => topK(inputNode([2, 3], "f32"), 0.5),
    error: ShapeError,
    text: "topK: k is 0.5 for an axis of 3 in [2, 3]; it must be a whole number in 0..3.",
  },
  {
    name: "an axis out of range",
    run: () => topK(inputNode([2, 3], "f32"), 1, { axis: 2 }),
    error: ShapeError,
    text: "topK: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
]);
