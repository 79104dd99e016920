import { ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { repeatInterleave } from "../../src/ops/index.ts";
import { exact, sums } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("repeatInterleave", [
  {
    name: "everything",
    inputs: [{ shape: [2, 2], values: [1, 2, 3, 4] }],
    apply: (x) => repeatInterleave(x, 2),
    tolerance: exact,
    shape: [8],
    expected: [1, 1, 2, 2, 3, 3, 4, 4],
    dy: [0, 1, 2, 3, 4, 5, 6, 7],
    expectedGradients: [[1, 5, 9, 13]],
  },
  {
    name: "along an axis",
    inputs: [{ shape: [2, 3, 2] }],
    apply: (x) => repeatInterleave(x, 3, { axis: 1 }),
    tolerance: exact,
    shape: [2, 9, 2],
    gradientTolerance: sums(3),
    secondGradient: true,
  },
  {
    name: "a number for each",
    inputs: [{ shape: [2, 4], values: [1, 2, 3, 4, 5, 6, 7, 8] }],
    apply: (x) => repeatInterleave(x, [1, 0, 2, 2], { axis: -1 }),
    tolerance: exact,
    shape: [2, 5],
    expected: [1, 3, 3, 4, 4, 5, 7, 7, 8, 8],
    dy: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    expectedGradients: [[0, 0, 3, 7, 5, 0, 13, 17]],
    secondGradient: true,
  },
  {
    name: "no times",
    inputs: [{ shape: [2, 3] }],
    apply: (x) => repeatInterleave(x, [0, 0], { axis: 0 }),
    tolerance: exact,
    shape: [0, 3],
  },
  {
    name: "nothing",
    inputs: [{ shape: [0, 3] }],
    apply: (x) => repeatInterleave(x, [], { axis: 0 }),
    tolerance: exact,
    shape: [0, 3],
  },
  {
    name: "large i32",
    inputs: [{ shape: [2, 2], values: [16777217, 2, 3, -16777217], dtype: "i32" }],
    apply: (x) => repeatInterleave(x, 2, { axis: 1 }),
    tolerance: exact,
    dtype: "i32",
    expected: [16777217, 16777217, 2, 2, 3, 3, -16777217, -16777217],
    withoutGradient: true,
  },
]);

testErrors("repeatInterleave", [
  {
    name: "a list of another length",
    run: () => repeatInterleave(inputNode([2, 3], "f32"), [1, 2], { axis: 1 }),
    error: ShapeError,
    text: "repeatInterleave: 2 repeats for axis 1 of [2, 3]; there must be 1 or 3.",
  },
  {
    name: "an axis out of range",
    run: () => repeatInterleave(inputNode([2, 3], "f32"), 2, { axis: 2 }),
    error: ShapeError,
    text: "repeatInterleave: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "a number below 0",
    run: () => repeatInterleave(inputNode([2, 3], "f32"), [1, -2], { axis: 0 }),
    error: UsageError,
    text: "repeatInterleave: a repeat is -2; it must be a whole number from 0.",
  },
]);
