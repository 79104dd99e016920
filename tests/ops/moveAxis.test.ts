import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { moveAxis } from "../../src/ops/index.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("moveAxis", [
  {
    name: "the first to the end",
    inputs: [{ shape: [2, 1, 2], values: [1, 2, 3, 4] }],
    apply: (x) => moveAxis(x, 0, -1),
    tolerance: exact,
    shape: [1, 2, 2],
    expected: [1, 3, 2, 4],
    dy: [1, 2, 3, 4],
    expectedGradients: [[1, 3, 2, 4]],
  },
  {
    name: "two at once",
    inputs: [{ shape: [2, 3, 4, 5] }],
    apply: (x) => moveAxis(x, [0, 1], [-1, 0]),
    tolerance: exact,
    shape: [3, 4, 5, 2],
    secondGradient: true,
  },
  {
    name: "to where it is",
    inputs: [{ shape: [2, 3] }],
    apply: (x) => moveAxis(x, 1, 1),
    tolerance: exact,
    shape: [2, 3],
  },
  {
    name: "no axis",
    inputs: [{ shape: [2, 3] }],
    apply: (x) => moveAxis(x, [], []),
    tolerance: exact,
    shape: [2, 3],
  },
]);

testErrors("moveAxis", [
  {
    name: "more places than axes",
    run: () => moveAxis(inputNode([2, 3], "f32"), 0, [0, 1]),
    error: ShapeError,
    text: "moveAxis: 1 axes go to 2 places; there must be a place for each.",
  },
  {
    name: "an axis twice",
    run: () => moveAxis(inputNode([2, 3], "f32"), [0, -2], [0, 1]),
    error: ShapeError,
    text: "moveAxis: source [0, 0] names an axis twice; each may stand once.",
  },
  {
    name: "a place twice",
    run: () => moveAxis(inputNode([2, 3], "f32"), [0, 1], [1, 1]),
    error: ShapeError,
    text: "moveAxis: destination [1, 1] names an axis twice; each may stand once.",
  },
  {
    name: "an axis out of range",
    run: () => moveAxis(inputNode([2, 3], "f32"), 0, 2),
    error: ShapeError,
    text: "moveAxis: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
]);
