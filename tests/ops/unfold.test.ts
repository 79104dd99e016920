import { ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { mul, sum, transpose, unfold } from "../../src/ops/index.ts";
import { exact, sums } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("unfold", [
  {
    name: "windows that overlap",
    inputs: [{ shape: [7], values: [1, 2, 3, 4, 5, 6, 7] }],
    apply: (x) => unfold(x, 0, 3, 2),
    tolerance: exact,
    shape: [3, 3],
    expected: [1, 2, 3, 3, 4, 5, 5, 6, 7],
    dy: [1, 2, 3, 4, 5, 6, 7, 8, 9],
    expectedGradients: [[1, 2, 7, 5, 13, 8, 9]],
    secondGradient: true,
  },
  {
    name: "a middle axis, with a rest that is in no window",
    inputs: [{ shape: [2, 8, 3] }],
    apply: (x) => unfold(x, 1, 3, 2),
    tolerance: exact,
    shape: [2, 3, 3, 3],
    gradientTolerance: sums(2),
    secondGradient: true,
  },
  {
    name: "windows apart",
    inputs: [{ shape: [2, 8] }],
    apply: (x) => unfold(x, -1, 2, 3),
    tolerance: exact,
    shape: [2, 3, 2],
  },
  {
    name: "windows side by side, whose gradient is a view",
    inputs: [{ shape: [2, 6] }],
    apply: (x) => unfold(x, 1, 3, 3),
    tolerance: exact,
    shape: [2, 2, 3],
  },
  {
    name: "one window, of a transposed view",
    inputs: [{ shape: [4, 3] }],
    apply: (x) => unfold(transpose(x), 1, 4, 1),
    tolerance: exact,
    shape: [3, 1, 4],
  },
  {
    name: "read by a sum: a moving one",
    inputs: [{ shape: [9] }],
    apply: (x) => sum(mul(unfold(x, 0, 4, 1), 2), { axis: 1 }),
    tolerance: sums(4),
    shape: [6],
  },
  {
    name: "windows of nothing",
    inputs: [{ shape: [5] }],
    apply: (x) => unfold(x, 0, 0, 2),
    tolerance: exact,
    shape: [3, 0],
  },
]);

testErrors("unfold", [
  {
    name: "a window too large",
    run: () => unfold(inputNode([2, 3], "f32"), 1, 4, 1),
    error: ShapeError,
    text: "unfold: a window of 4 on axis 1 of [2, 3]; it may have at most 3.",
  },
  {
    name: "no step",
    run: () => unfold(inputNode([2, 3], "f32"), 1, 2, 0),
    error: UsageError,
    text: "unfold: step is 0; it must be a whole number from 1.",
  },
  {
    name: "a size below 0",
    run: () => unfold(inputNode([2, 3], "f32"), 1, -1, 1),
    error: UsageError,
    text: "unfold: size is -1; it must be a whole number from 0.",
  },
  {
    name: "an axis out of range",
    run: () => unfold(inputNode([2, 3], "f32"), 2, 1, 1),
    error: ShapeError,
    text: "unfold: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "a step that is no number",
    run: () => unfold(inputNode([2, 3], "f32"), 1, 2, Number.NaN),
    error: UsageError,
    text: "unfold: step is NaN; it must be a whole number from 1.",
  },
]);
