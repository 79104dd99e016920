import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { swapAxes } from "../../src/ops/index.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("swapAxes", [
  {
    name: "the first and the last",
    inputs: [{ shape: [2, 1, 3], values: [1, 2, 3, 4, 5, 6] }],
    apply: (x) => swapAxes(x, 0, -1),
    tolerance: exact,
    shape: [3, 1, 2],
    expected: [1, 4, 2, 5, 3, 6],
    dy: [1, 2, 3, 4, 5, 6],
    expectedGradients: [[1, 3, 5, 2, 4, 6]],
    secondGradient: true,
  },
  {
    name: "an axis with itself",
    inputs: [{ shape: [2, 3] }],
    apply: (x) => swapAxes(x, 1, 1),
    tolerance: exact,
    shape: [2, 3],
  },
]);

testErrors("swapAxes", [
  {
    name: "an axis out of range",
    run: () => swapAxes(inputNode([2, 3], "f32"), 0, 2),
    error: ShapeError,
    text: "swapAxes: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "a fraction",
    run: () => swapAxes(inputNode([2, 3], "f32"), 0.5, 1),
    error: ShapeError,
    text: "swapAxes: axis 0.5 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
]);
