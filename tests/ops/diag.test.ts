import { ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { diag } from "../../src/ops/index.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("diag", [
  {
    name: "a row",
    inputs: [{ shape: [2], values: [5, 7] }],
    apply: (x) => diag(x, { offset: 1 }),
    tolerance: exact,
    shape: [3, 3],
    expected: [0, 5, 0, 0, 0, 7, 0, 0, 0],
    dy: [0, 1, 2, 3, 4, 5, 6, 7, 8],
    expectedGradients: [[1, 5]],
  },
  {
    name: "a matrix",
    inputs: [{ shape: [2, 3], values: [1, 2, 3, 4, 5, 6] }],
    apply: (x) => diag(x),
    tolerance: exact,
    shape: [2],
    expected: [1, 5],
    dy: [1, 2],
    expectedGradients: [[1, 0, 0, 0, 2, 0]],
    secondGradient: true,
  },
]);

testErrors("diag", [
  {
    name: "a cube",
    run: () => diag(inputNode([2, 2, 2], "f32")),
    error: ShapeError,
    text: "diag: x is [2, 2, 2]; it must have 1 or 2 axes.",
  },
  {
    name: "a scalar",
    run: () => diag(inputNode([], "f32")),
    error: ShapeError,
    text: "diag: x is []; it must have 1 or 2 axes.",
  },
  {
    name: "a fraction",
    run: () => diag(inputNode([2, 3], "f32"), { offset: 0.5 }),
    error: UsageError,
    text: "diagonal: offset is 0.5; it must be a whole number from -9007199254740991.",
  },
]);
