import { ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { repeat } from "../../src/ops/index.ts";
import { exact, sums } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("repeat", [
  {
    name: "a row, also downwards",
    inputs: [{ shape: [3], values: [1, 2, 3] }],
    apply: (x) => repeat(x, [2, 2]),
    tolerance: exact,
    shape: [2, 6],
    expected: [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3],
    dy: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    expectedGradients: [[18, 22, 26]],
    secondGradient: true,
  },
  {
    name: "a scalar",
    inputs: [{ shape: [] }],
    apply: (x) => repeat(x, [3]),
    tolerance: exact,
    shape: [3],
    gradientTolerance: sums(3),
  },
  {
    name: "no times",
    inputs: [{ shape: [2, 3] }],
    apply: (x) => repeat(x, [2, 0]),
    tolerance: exact,
    shape: [4, 0],
  },
]);

testErrors("repeat", [
  {
    name: "fewer numbers than axes",
    run: () => repeat(inputNode([2, 3], "f32"), [2]),
    error: ShapeError,
    text: "repeat: 1 repeats for x [2, 3]; there must be one for each of its axes at least.",
  },
  {
    name: "a fraction",
    run: () => repeat(inputNode([2, 3], "f32"), [2, 0.5]),
    error: UsageError,
    text: "repeat: a repeat is 0.5; it must be a whole number from 0.",
  },
  {
    name: "a number below 0",
    run: () => repeat(inputNode([2, 3], "f32"), [2, -1]),
    error: UsageError,
    text: "repeat: a repeat is -1; it must be a whole number from 0.",
  },
]);
