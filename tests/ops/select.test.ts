import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { select } from "../../src/ops/index.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("select", [
  {
    name: "a column",
    inputs: [{ shape: [2, 3], values: [1, 2, 3, 4, 5, 6] }],
    apply: (x) => select(x, 1, -1),
    tolerance: exact,
    shape: [2],
    expected: [3, 6],
    dy: [1, 2],
    expectedGradients: [[0, 0, 1, 0, 0, 2]],
    secondGradient: true,
  },
  {
    name: "of a cube",
    inputs: [{ shape: [2, 3, 4] }],
    apply: (x) => select(x, 1, 1),
    tolerance: exact,
    shape: [2, 4],
  },
  {
    name: "to a scalar",
    inputs: [{ shape: [3] }],
    apply: (x) => select(x, 0, 2),
    tolerance: exact,
    shape: [],
  },
]);

testErrors("select", [
  {
    name: "an index beyond the end",
    run: () => select(inputNode([2, 3], "f32"), 1, 3),
    error: ShapeError,
    text: "select: index 3 is outside of axis 1 of [2, 3]; it must be a whole number in -3..2.",
  },
  {
    name: "a fraction",
    run: () => select(inputNode([2, 3], "f32"), 0, 0.5),
    error: ShapeError,
    text: "select: index 0.5 is outside of axis 0 of [2, 3]; it must be a whole number in -2..1.",
  },
  {
    name: "a scalar",
    run: () => select(inputNode([], "f32"), 0, 0),
    error: ShapeError,
    text: "select: axis 0 is out of range for 0 axes; a scalar has no axes.",
  },
]);
