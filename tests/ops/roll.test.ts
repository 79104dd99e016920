import { ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { roll } from "../../src/ops/index.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("roll", [
  {
    name: "forwards",
    inputs: [{ shape: [5], values: [1, 2, 3, 4, 5] }],
    apply: (x) => roll(x, 2, { axis: 0 }),
    tolerance: exact,
    expected: [4, 5, 1, 2, 3],
    dy: [1, 2, 3, 4, 5],
    expectedGradients: [[3, 4, 5, 1, 2]],
    secondGradient: true,
  },
  {
    name: "everything as one row",
    inputs: [{ shape: [2, 3], values: [1, 2, 3, 4, 5, 6] }],
    apply: (x) => roll(x, -7),
    tolerance: exact,
    shape: [2, 3],
    expected: [2, 3, 4, 5, 6, 1],
  },
  {
    name: "two axes",
    inputs: [{ shape: [3, 4, 2] }],
    apply: (x) => roll(x, [-1, 6], { axis: [0, 1] }),
    tolerance: exact,
    shape: [3, 4, 2],
    secondGradient: true,
  },
  {
    name: "all the way round",
    inputs: [{ shape: [5] }],
    apply: (x) => roll(x, -10),
    tolerance: exact,
    shape: [5],
  },
  {
    name: "nothing",
    inputs: [{ shape: [0, 3] }],
    apply: (x) => roll(x, 2, { axis: 0 }),
    tolerance: exact,
    shape: [0, 3],
  },
  { name: "a scalar", inputs: [{ shape: [] }], apply: (x) => roll(x, 3), tolerance: exact, shape: [] },
]);

testErrors("roll", [
  {
    name: "more shifts than axes",
    run: () => roll(inputNode([2, 3], "f32"), [1, 2], { axis: 0 }),
    error: ShapeError,
    text: "roll: 2 shifts for 1 axes; there must be one for each.",
  },
  {
    name: "shifts without axes",
    run: () => roll(inputNode([2, 3], "f32"), [1, 2]),
    error: ShapeError,
    text: "roll: 2 shifts for 1 axes; there must be one for each.",
  },
  {
    name: "a fraction",
    run: () => roll(inputNode([2, 3], "f32"), 0.5),
    error: UsageError,
    text: "roll: a shift is 0.5; it must be a whole number from -9007199254740991.",
  },
  {
    name: "an axis out of range",
    run: () => roll(inputNode([2, 3], "f32"), 1, { axis: 2 }),
    error: ShapeError,
    text: "roll: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
]);
