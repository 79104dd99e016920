import { ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { diagEmbed, diagonal, mul, transpose } from "../../src/ops/index.ts";
import { exact, sums, ulps } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("diagonal", [
  {
    name: "above the main one",
    inputs: [{ shape: [3, 4], values: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] }],
    apply: (x) => diagonal(x, { offset: 1 }),
    tolerance: exact,
    shape: [3],
    expected: [1, 6, 11],
    dy: [1, 2, 3],
    expectedGradients: [[0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3]],
    secondGradient: true,
  },
  {
    name: "of other axes, below it",
    inputs: [{ shape: [3, 2, 5] }],
    apply: (x) => diagonal(x, { offset: -1, axis1: 2, axis2: 0 }),
    tolerance: exact,
    shape: [2, 3],
    secondGradient: true,
  },
  {
    name: "of a transposed view",
    inputs: [{ shape: [4, 3] }],
    apply: (x) => mul(diagonal(transpose(x)), diagonal(x)),
    tolerance: ulps(1),
    gradientTolerance: sums(2),
    shape: [3],
  },
  {
    name: "beyond the corner",
    inputs: [{ shape: [3, 4] }],
    apply: (x) => diagonal(x, { offset: -3 }),
    tolerance: exact,
    shape: [0],
  },
  {
    name: "large i32",
    inputs: [{ shape: [2, 2], values: [16777217, 2, 3, -16777217], dtype: "i32" }],
    apply: (x) => diagonal(x),
    tolerance: exact,
    dtype: "i32",
    expected: [16777217, -16777217],
    withoutGradient: true,
  },
]);

testOp("diagEmbed", [
  {
    name: "below the main diagonal",
    inputs: [{ shape: [2], values: [5, 7] }],
    apply: (x) => diagEmbed(x, { offset: -1 }),
    tolerance: exact,
    shape: [3, 3],
    expected: [0, 0, 0, 5, 0, 0, 0, 7, 0],
    dy: [0, 1, 2, 3, 4, 5, 6, 7, 8],
    expectedGradients: [[3, 7]],
    secondGradient: true,
  },
  {
    name: "on other axes",
    inputs: [{ shape: [2, 3] }],
    apply: (x) => diagEmbed(x, { offset: 1, axis1: 0, axis2: 2 }),
    tolerance: exact,
    shape: [4, 2, 4],
    secondGradient: true,
  },
  {
    name: "nothing",
    inputs: [{ shape: [2, 0] }],
    apply: (x) => diagEmbed(x, { offset: 1 }),
    tolerance: exact,
    shape: [2, 1, 1],
  },
]);

testErrors("diagonal", [
  {
    name: "one axis twice",
    run: () => diagonal(inputNode([2, 3], "f32"), { axis1: 1, axis2: -1 }),
    error: ShapeError,
    text: "diagonal: axis1 and axis2 are both 1; they must be two axes.",
  },
  {
    name: "a row",
    run: () => diagonal(inputNode([3], "f32")),
    error: ShapeError,
    text: "diagonal: axis 1 is out of range for 1 axes; it must be a whole number in -1..0.",
  },
  {
    name: "a fraction",
    run: () => diagonal(inputNode([2, 3], "f32"), { offset: 0.5 }),
    error: UsageError,
    text: "diagonal: offset is 0.5; it must be a whole number from -9007199254740991.",
  },
  {
    name: "a scalar to embed",
    run: () => diagEmbed(inputNode([], "f32")),
    error: ShapeError,
    text: "diagEmbed: axis -1 is out of range for 0 axes; a scalar has no axes.",
  },
  {
    name: "an axis of the result out of range",
    run: () => diagEmbed(inputNode([3], "f32"), { axis1: 2 }),
    error: ShapeError,
    text: "diagEmbed: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
]);
