import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { norm } from "../../src/ops/index.ts";
import { exact, normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("norm", [
  {
    name: "length",
    inputs: [{ shape: [2, 2], values: [3, 4, 0, 0] }],
    apply: (x) => norm(x, { axis: 1 }),
    tolerance: normalised,
    expected: [5, 0],
    dy: [1, 1],
    expectedGradients: [[0.6, 0.8, 0, 0]],
  },
  {
    name: "lengths, of several axes",
    inputs: [{ shape: [3, 5, 7] }],
    apply: (x) => norm(x, { axis: [0, 2], keepDims: true }),
    tolerance: normalised,
    shape: [1, 5, 1],
    secondGradient: true,
  },
  {
    name: "sum of sizes",
    inputs: [{ shape: [3], values: [3, -4, 0] }],
    apply: (x) => norm(x, { p: 1 }),
    tolerance: exact,
    expected: [7],
    dy: [1],
    expectedGradients: [[1, -1, 0]],
  },
  {
    name: "largest size, shared",
    inputs: [{ shape: [3], values: [-4, 4, 1] }],
    apply: (x) => norm(x, { p: Infinity }),
    tolerance: exact,
    expected: [4],
    dy: [1],
    expectedGradients: [[-0.5, 0.5, 0]],
  },
  {
    name: "smallest size",
    inputs: [{ shape: [3], values: [-4, 4, 1] }],
    apply: (x) => norm(x, { p: -Infinity }),
    tolerance: exact,
    expected: [1],
    dy: [1],
    expectedGradients: [[0, 0, 1]],
  },
  {
    name: "how many are not 0",
    inputs: [{ shape: [3], values: [-4, 0, 1] }],
    apply: (x) => norm(x, { p: 0 }),
    tolerance: exact,
    dtype: "f32",
    expected: [2],
    withoutGradient: true,
  },
  {
    name: "any other",
    inputs: [{ shape: [4, 9] }],
    apply: (x) => norm(x, { p: 3, axis: 1 }),
    tolerance: normalised,
    shape: [4],
  },
  {
    name: "below 1, with zeros",
    inputs: [{ shape: [2, 2], values: [1, 0, 0, 0] }],
    apply: (x) => norm(x, { p: 0.5, axis: 1 }),
    tolerance: normalised,
    expected: [1, 0],
    dy: [1, 1],
    expectedGradients: [[1, 0, 0, 0]],
  },
]);

testErrors("norm", [
  {
    name: "an axis out of range",
    run: () => norm(inputNode([2, 3], "f32"), { axis: 2 }),
    error: ShapeError,
    text: "sum: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "whole numbers",
    run: () => norm(inputNode([2, 3], "i32")),
    error: DtypeError,
    text: "norm: x has dtype i32; it must be f32 or f16.",
  },
  {
    name: "no power",
    run: () => norm(inputNode([2, 3], "f32"), { p: Number.NaN }),
    error: UsageError,
    text: "norm: p is NaN; it must be a number.",
  },
  {
    name: "the largest of nothing",
    run: () => norm(inputNode([0], "f32"), { p: Infinity }),
    error: ShapeError,
    text: "max: axis 0 of [0] is empty; it must have at least one element.",
  },
]);
