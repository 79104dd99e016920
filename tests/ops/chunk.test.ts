import { ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { chunk, concat, mul } from "../../src/ops/index.ts";
import { exact, ulps } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("chunk", [
  {
    name: "four pieces of seven",
    inputs: [{ shape: [7], values: [1, 2, 3, 4, 5, 6, 7] }],
    apply: (x) => concat(chunk(x, 4).map((piece, index) => mul(piece, index + 1))),
    tolerance: ulps(1),
    shape: [7],
    expected: [1, 2, 6, 8, 15, 18, 28],
    dy: [1, 1, 1, 1, 1, 1, 1],
    expectedGradients: [[1, 1, 2, 2, 3, 3, 4]],
    secondGradient: true,
  },
  {
    name: "three where five are wanted of six",
    inputs: [{ shape: [1, 6], values: [1, 1, 1, 1, 1, 1] }],
    apply: (x) =>
      concat(
        chunk(x, 5, { axis: 1 }).map((piece, index) => mul(piece, index + 1)),
        { axis: 1 },
      ),
    tolerance: ulps(1),
    expected: [1, 1, 2, 2, 3, 3],
  },
  {
    name: "nothing",
    inputs: [{ shape: [0, 2] }],
    apply: (x) => concat(chunk(x, 3)),
    tolerance: exact,
    shape: [0, 2],
  },
]);

testErrors("chunk", [
  {
    name: "no pieces",
    run: () => chunk(inputNode([2, 3], "f32"), 0),
    error: UsageError,
    text: "chunk: count is 0; it must be a whole number from 1.",
  },
  {
    name: "a fraction",
    run: () => chunk(inputNode([2, 3], "f32"), 1.5),
    error: UsageError,
    text: "chunk: count is 1.5; it must be a whole number from 1.",
  },
  {
    name: "an axis out of range",
    run: () => chunk(inputNode([2, 3], "f32"), 2, { axis: 2 }),
    error: ShapeError,
    text: "chunk: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
]);
