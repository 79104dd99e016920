import { ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { mul, transpose, tril, triu } from "../../src/ops/index.ts";
import { exact, ulps } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("tril", [
  {
    name: "known values",
    inputs: [{ shape: [3, 4], values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] }],
    apply: (x) => tril(x),
    tolerance: exact,
    shape: [3, 4],
    expected: [1, 0, 0, 0, 5, 6, 0, 0, 9, 10, 11, 0],
    dy: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
    expectedGradients: [[1, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 0]],
    secondGradient: true,
  },
  {
    name: "matrices, up to a lower diagonal",
    inputs: [{ shape: [2, 5, 3] }],
    apply: (x) => tril(x, { diagonal: -2 }),
    tolerance: exact,
    shape: [2, 5, 3],
    secondGradient: true,
  },
  {
    name: "what is cut off may be no number",
    inputs: [{ shape: [2, 2], values: [1, Number.NaN, 3, -Infinity] }],
    apply: (x) => tril(x, { diagonal: -1 }),
    tolerance: exact,
    expected: [0, 0, 3, 0],
    withoutGradient: true,
  },
  {
    name: "bool",
    inputs: [{ shape: [2, 2], values: [1, 1, 1, 1], dtype: "bool" }],
    apply: (x) => tril(x),
    tolerance: exact,
    dtype: "bool",
    expected: [1, 0, 1, 1],
    withoutGradient: true,
  },
  { name: "no rows", inputs: [{ shape: [0, 3] }], apply: (x) => tril(x), tolerance: exact, shape: [0, 3] },
]);

testOp("triu", [
  {
    name: "known values",
    inputs: [{ shape: [3, 4], values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] }],
    apply: (x) => triu(x, { diagonal: 1 }),
    tolerance: exact,
    shape: [3, 4],
    expected: [0, 2, 3, 4, 0, 0, 7, 8, 0, 0, 0, 12],
    dy: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
    expectedGradients: [[0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 0, 1]],
    secondGradient: true,
  },
  {
    name: "of computed values, through a view",
    inputs: [{ shape: [5, 3] }],
    apply: (x) => triu(transpose(mul(x, 2))),
    tolerance: ulps(1),
    shape: [3, 5],
  },
  {
    name: "large i32",
    inputs: [{ shape: [2, 2], values: [16777217, 2, 3, -16777217], dtype: "i32" }],
    apply: (x) => triu(x),
    tolerance: exact,
    dtype: "i32",
    expected: [16777217, 2, 0, -16777217],
    withoutGradient: true,
  },
]);

testErrors("tril", [
  {
    name: "a row",
    run: () => tril(inputNode([3], "f32")),
    error: ShapeError,
    text: "tril: axis -2 is out of range for 1 axes; it must be a whole number in -1..0.",
  },
  {
    name: "a fraction",
    run: () => triu(inputNode([2, 3], "f32"), { diagonal: 0.5 }),
    error: UsageError,
    text: "triu: diagonal is 0.5; it must be a whole number from -2147483648 to 2147483647.",
  },
  {
    name: "a scalar",
    run: () => triu(inputNode([], "f32")),
    error: ShapeError,
    text: "triu: axis -2 is out of range for 0 axes; a scalar has no axes.",
  },
]);
