import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { embed, transpose } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("embed", [
  {
    name: "in the middle",
    inputs: [given([1, 2, 3])],
    apply: (x) => embed(x, { axis: 0, size: 7, start: 2 }),
    tolerance: exact,
    expected: [0, 0, 1, 2, 3, 0, 0],
    secondGradient: true,
  },
  {
    name: "every third place",
    inputs: [given([1, 2, 3])],
    apply: (x) => embed(x, { axis: 0, size: 8, start: 1, step: 3 }),
    tolerance: exact,
    expected: [0, 1, 0, 0, 2, 0, 0, 3],
    secondGradient: true,
  },
  {
    name: "backwards to the first place",
    inputs: [given([1, 2, 3])],
    apply: (x) => embed(x, { axis: 0, size: 5, start: 4, step: -2 }),
    tolerance: exact,
    expected: [3, 0, 2, 0, 1],
    secondGradient: true,
  },
  {
    name: "NaN and infinities",
    inputs: [given([Number.NaN, Infinity, -Infinity])],
    apply: (x) => embed(x, { axis: 0, size: 6, start: 1, step: 2 }),
    tolerance: exact,
    expected: [0, Number.NaN, 0, Infinity, 0, -Infinity],
    withoutGradient: true,
  },
  {
    name: "an outer axis",
    inputs: [{ shape: [2, 3, 5] }],
    apply: (x) => embed(x, { axis: 0, size: 5, start: 1, step: 2 }),
    tolerance: exact,
    shape: [5, 3, 5],
  },
  {
    name: "a middle axis, whole quads",
    inputs: [{ shape: [3, 2, 8] }],
    apply: (x) => embed(x, { axis: 1, size: 4, start: 1 }),
    tolerance: exact,
    shape: [3, 4, 8],
  },
  {
    name: "the last axis, whole quads",
    inputs: [{ shape: [3, 8] }],
    apply: (x) => embed(x, { axis: -1, size: 16, start: 4 }),
    tolerance: exact,
    shape: [3, 16],
  },
  {
    name: "the last axis, at an odd place",
    inputs: [{ shape: [3, 5] }],
    apply: (x) => embed(x, { axis: -1, size: 7, start: 1 }),
    tolerance: exact,
    shape: [3, 7],
  },
  {
    name: "a transposed view",
    inputs: [{ shape: [3, 5] }],
    apply: (x) => embed(transpose(x), { axis: 1, size: 4, start: 1 }),
    tolerance: exact,
    shape: [5, 4],
  },
  {
    name: "one element",
    inputs: [{ shape: [1] }],
    apply: (x) => embed(x, { axis: 0, size: 3, start: 2, step: 5 }),
    tolerance: exact,
    shape: [3],
    secondGradient: true,
  },
  {
    name: "nothing into zeros",
    inputs: [{ shape: [0, 2] }],
    apply: (x) => embed(x, { axis: 0, size: 3, start: 0 }),
    tolerance: exact,
    expected: [0, 0, 0, 0, 0, 0],
    secondGradient: true,
  },
  {
    name: "nothing into zeros, backwards from outside",
    inputs: [{ shape: [0] }],
    apply: (x) => embed(x, { axis: 0, size: 2, start: -1, step: -1 }),
    tolerance: exact,
    expected: [0, 0],
    secondGradient: true,
  },
  {
    name: "nothing into nothing",
    inputs: [{ shape: [0] }],
    apply: (x) => embed(x, { axis: 0, size: 0, start: 0 }),
    tolerance: exact,
    shape: [0],
  },
  {
    name: "large i32",
    inputs: [given([16777217, -5], "i32")],
    apply: (x) => embed(x, { axis: 0, size: 3, start: 1 }),
    tolerance: exact,
    dtype: "i32",
    expected: [0, 16777217, -5],
    withoutGradient: true,
  },
  {
    name: "bool",
    inputs: [given([1, 1], "bool")],
    apply: (x) => embed(x, { axis: 0, size: 4, start: 0, step: 2 }),
    tolerance: exact,
    dtype: "bool",
    expected: [1, 0, 1, 0],
    withoutGradient: true,
  },
]);

testErrors("embed", [
  {
    name: "past the end",
    run: () => embed(inputNode([3], "f32"), { axis: 0, size: 5, start: 1, step: 2 }),
    error: ShapeError,
    text: "embed: 3 elements from 1 by 2 reach 5; all must fall inside an axis of 5, at a step that is not 0.",
  },
  {
    name: "before the beginning",
    run: () => embed(inputNode([3], "f32"), { axis: 0, size: 5, start: 1, step: -1 }),
    error: ShapeError,
    text: "embed: 3 elements from 1 by -1 reach -1; all must fall inside an axis of 5, at a step that is not 0.",
  },
  {
    name: "a step of 0",
    run: () => embed(inputNode([3], "f32"), { axis: 0, size: 5, start: 1, step: 0 }),
    error: ShapeError,
    text: "embed: 3 elements from 1 by 0 reach 1; all must fall inside an axis of 5, at a step that is not 0.",
  },
  {
    name: "an axis out of range",
    run: () => embed(inputNode([3], "f32"), { axis: 1, size: 5, start: 1 }),
    error: ShapeError,
    text: "embed: axis 1 is out of range for 1 axes; it must be a whole number in -1..0.",
  },
]);
