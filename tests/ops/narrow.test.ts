import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { narrow } from "../../src/ops/index.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("narrow", [
  {
    name: "rows",
    inputs: [{ shape: [4, 2], values: [0, 1, 2, 3, 4, 5, 6, 7] }],
    apply: (x) => narrow(x, 0, 1, 2),
    tolerance: exact,
    shape: [2, 2],
    expected: [2, 3, 4, 5],
    dy: [1, 2, 3, 4],
    expectedGradients: [[0, 0, 1, 2, 3, 4, 0, 0]],
    secondGradient: true,
  },
  {
    name: "counted from the end",
    inputs: [{ shape: [5], values: [0, 1, 2, 3, 4] }],
    apply: (x) => narrow(x, -1, -3, 2),
    tolerance: exact,
    expected: [2, 3],
  },
  {
    name: "nothing",
    inputs: [{ shape: [2, 3] }],
    apply: (x) => narrow(x, 1, 3, 0),
    tolerance: exact,
    shape: [2, 0],
  },
  {
    name: "all of it",
    inputs: [{ shape: [2, 3] }],
    apply: (x) => narrow(x, 1, 0, 3),
    tolerance: exact,
    shape: [2, 3],
  },
]);

testErrors("narrow", [
  {
    name: "beyond the end",
    run: () => narrow(inputNode([2, 3], "f32"), 1, 2, 2),
    error: ShapeError,
    text: "narrow: 2 elements from 2 on do not lie in axis 1 of [2, 3]; they must be among its 3.",
  },
  {
    name: "before the beginning",
    run: () => narrow(inputNode([2, 3], "f32"), 1, -4, 2),
    error: ShapeError,
    text: "narrow: 2 elements from -4 on do not lie in axis 1 of [2, 3]; they must be among its 3.",
  },
  {
    name: "a length below 0",
    run: () => narrow(inputNode([2, 3], "f32"), 0, 1, -1),
    error: ShapeError,
    text: "narrow: -1 elements from 1 on do not lie in axis 0 of [2, 3]; they must be among its 2.",
  },
  {
    name: "a fraction",
    run: () => narrow(inputNode([2, 3], "f32"), 0, 0.5, 1),
    error: ShapeError,
    text: "narrow: 1 elements from 0.5 on do not lie in axis 0 of [2, 3]; they must be among its 2.",
  },
  {
    name: "an axis out of range",
    run: () => narrow(inputNode([2, 3], "f32"), 2, 0, 1),
    error: ShapeError,
    text: "narrow: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
]);
