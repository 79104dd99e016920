import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { prod, transpose } from "../../src/ops/index.ts";
import { exact, normalised, sums } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

/** Signs and a few powers of two: f32 holds what they come to, whatever the order. */
const powersOfTwo = (count: number) =>
  Array.from({ length: count }, (_, i) => {
    if (i % 500 === 0) return i % 1000 === 0 ? 2 : 0.5;
    return Math.imul(i, 2654435761) >> 20 > 0 ? 1 : -1;
  });

testOp("prod", [
  {
    name: "everything",
    inputs: [{ shape: [2, 2], values: [1, 2, 3, 4] }],
    apply: (x) => prod(x),
    tolerance: sums(4),
    shape: [],
    expected: [24],
    dy: [1],
    expectedGradients: [[24, 12, 8, 6]],
  },
  {
    name: "one zero, and several",
    inputs: [{ shape: [3, 3], values: [2, 0, 3, 0, 5, 0, 1, 2, 3] }],
    apply: (x) => prod(x, { axis: 1 }),
    tolerance: exact,
    expected: [0, 0, 6],
    dy: [1, 1, 2],
    expectedGradients: [[0, 6, 0, 0, 0, 0, 12, 6, 4]],
    secondTolerance: normalised,
    secondGradient: true,
  },
  {
    name: "axes that are no neighbours, kept",
    inputs: [{ shape: [3, 5, 7], low: 0.5, high: 1.5 }],
    apply: (x) => prod(x, { axis: [0, 2], keepDims: true }),
    tolerance: sums(21),
    shape: [1, 5, 1],
    gradientTolerance: sums(40),
  },
  {
    name: "of columns of a view",
    inputs: [{ shape: [9, 70], low: 0.8, high: 1.2 }],
    apply: (x) => prod(transpose(x), { axis: 0 }),
    tolerance: sums(70),
    shape: [9],
    gradientTolerance: sums(140),
  },
  {
    name: "a long row, in parts",
    inputs: [{ shape: [65536], values: powersOfTwo(65536) }],
    apply: (x) => prod(x),
    tolerance: exact,
    shape: [],
    withoutGradient: true,
  },
  {
    name: "nothing",
    inputs: [{ shape: [0, 3] }],
    apply: (x) => prod(x, { axis: 0 }),
    tolerance: exact,
    expected: [1, 1, 1],
  },
  {
    name: "i32",
    inputs: [{ shape: [3], values: [-3, 4, 5], dtype: "i32" }],
    apply: (x) => prod(x),
    tolerance: exact,
    dtype: "i32",
    expected: [-60],
    withoutGradient: true,
  },
  {
    name: "bool counts as i32",
    inputs: [{ shape: [3], values: [1, 0, 1], dtype: "bool" }],
    apply: (x) => prod(x),
    tolerance: exact,
    dtype: "i32",
    expected: [0],
    withoutGradient: true,
  },
]);

testErrors("prod", [
  {
    name: "an axis out of range",
    run: () => prod(inputNode([2, 3], "f32"), { axis: 2 }),
    error: ShapeError,
    text: "prod: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "an axis twice",
    run: () => prod(inputNode([2, 3], "f32"), { axis: [0, -2] }),
    error: ShapeError,
    text: "prod: axes [0, 0] name an axis twice; each may stand once.",
  },
]);
