import { ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { concat, mul, split } from "../../src/ops/index.ts";
import { exact, ulps } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("split", [
  {
    name: "pieces of two, the last one shorter",
    inputs: [{ shape: [5], values: [1, 2, 3, 4, 5] }],
    apply: (x) => concat(split(x, 2).map((piece, index) => mul(piece, index + 1))),
    tolerance: ulps(1),
    shape: [5],
    expected: [1, 2, 6, 8, 15],
    dy: [1, 1, 1, 1, 1],
    expectedGradients: [[1, 1, 2, 2, 3]],
    secondGradient: true,
  },
  {
    name: "given sizes, one of them 0",
    inputs: [{ shape: [2, 7] }],
    apply: (x) =>
      concat(
        split(x, [1, 0, 4, 2], { axis: 1 }).map((piece, index) => mul(piece, index + 1)),
        { axis: -1 },
      ),
    tolerance: ulps(1),
    shape: [2, 7],
    secondGradient: true,
  },
  {
    name: "nothing, in one piece",
    inputs: [{ shape: [0, 2] }],
    apply: (x) => concat(split(x, 3)),
    tolerance: exact,
    shape: [0, 2],
  },
  {
    name: "a size beyond the end",
    inputs: [{ shape: [3, 2] }],
    apply: (x) => concat(split(x, 8)),
    tolerance: exact,
    shape: [3, 2],
  },
]);

testErrors("split", [
  {
    name: "sizes that do not add up",
    run: () => split(inputNode([2, 3], "f32"), [1, 1], { axis: 1 }),
    error: ShapeError,
    text: "split: sizes [1, 1] add up to 2 for axis 1 of [2, 3]; they must add up to 3.",
  },
  {
    name: "pieces of nothing",
    run: () => split(inputNode([2, 3], "f32"), 0),
    error: UsageError,
    text: "split: size is 0; it must be a whole number from 1.",
  },
  {
    name: "a size below 0",
    run: () => split(inputNode([2, 3], "f32"), [3, -1]),
    error: UsageError,
    text: "split: a size is -1; it must be a whole number from 0.",
  },
  {
    name: "an axis out of range",
    run: () => split(inputNode([2, 3], "f32"), 1, { axis: 2 }),
    error: ShapeError,
    text: "split: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
]);
