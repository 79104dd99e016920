import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { dot } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

const x = inputNode([2, 3], "f32");

testOp("dot", [
  {
    name: "known values",
    inputs: [given([1, 2, 3]), given([4, 5, 6])],
    apply: (x, target) => dot(x, target),
    tolerance: normalised,
    shape: [],
    expected: [32],
    dy: [1],
    expectedGradients: [
      [4, 5, 6],
      [1, 2, 3],
    ],
    secondGradient: true,
  },
  {
    name: "whole numbers wrap",
    inputs: [given([65536, 3], "i32"), given([65536, 5], "i32")],
    apply: (x, target) => dot(x, target),
    tolerance: normalised,
    shape: [],
    expected: [15],
    withoutGradient: true,
  },
]);

testErrors("dot", [
  {
    name: "another size",
    run: () => dot(inputNode([2], "f32"), inputNode([3], "f32")),
    error: ShapeError,
    text: "dot: a is [2] and b [3]; they must have the same size.",
  },
  {
    name: "a matrix",
    run: () => dot(x, inputNode([3], "f32")),
    error: ShapeError,
    text: "dot: a is [2, 3], which has 2 axes; it must have 1 [size].",
  },
  {
    name: "a matrix on the other side",
    run: () => dot(inputNode([3], "f32"), x),
    error: ShapeError,
    text: "dot: b is [2, 3], which has 2 axes; it must have 1 [size].",
  },
  {
    name: "a scalar",
    run: () => dot(inputNode([], "f32"), inputNode([], "f32")),
    error: ShapeError,
    text: "dot: a is [], which has 0 axes; it must have 1 [size].",
  },
  {
    name: "a size of 1, which does not broadcast",
    run: () => dot(inputNode([1], "f32"), inputNode([3], "f32")),
    error: ShapeError,
    text: "dot: a is [1] and b [3]; they must have the same size.",
  },
]);
