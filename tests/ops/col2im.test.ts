import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { col2im } from "../../src/ops/index.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("col2im", [
  {
    name: "known values",
    inputs: [
      {
        shape: [1, 4, 4],
        values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
      },
    ],
    apply: (x) => col2im(x, 3, 2),
    tolerance: exact,
    shape: [1, 1, 3, 3],
    expected: [1, 7, 6, 12, 34, 22, 11, 27, 16],
    dy: [1, 2, 3, 4, 5, 6, 7, 8, 9],
    expectedGradients: [[1, 2, 4, 5, 2, 3, 5, 6, 4, 5, 7, 8, 5, 6, 8, 9]],
  },
  {
    name: "the second gradient, what falls outside left out",
    inputs: [{ shape: [1, 4, 4], integers: true }],
    apply: (x) => col2im(x, [3, 2], 2, { padding: 1, stride: [2, 1], dilation: 2 }),
    tolerance: exact,
    shape: [1, 1, 3, 2],
    secondGradient: true,
  },
]);

const node = (...shape: number[]) => inputNode(shape, "f32");

testErrors("col2im", [
  {
    name: "x without a batch",
    run: () => col2im(node(4, 4), 3, 2),
    error: ShapeError,
    text: "col2im: x is [4, 4], which has 2 axes; it must have 3 [batch, channels * kernel height * kernel width, places].",
  },
  {
    name: "integers",
    run: () => col2im(inputNode([1, 4, 4], "i32"), 3, 2),
    error: DtypeError,
    text: "col2im: x has dtype i32; it must be f32 or f16.",
  },
  {
    name: "rows that are no channels",
    run: () => col2im(node(1, 6, 4), 3, 2),
    error: ShapeError,
    text: "col2im: x is [1, 6, 4] for windows of 2 x 2 at 2 x 2 places; it must have a multiple of 4 rows and 4 columns.",
  },
  {
    name: "places that there are not",
    run: () => col2im(node(1, 4, 6), [3, 5], 2),
    error: ShapeError,
    text: "col2im: x is [1, 4, 6] for windows of 2 x 2 at 2 x 4 places; it must have a multiple of 4 rows and 8 columns.",
  },
  {
    name: "a picture of nothing",
    run: () => col2im(node(1, 4, 4), [3, 0], 2),
    error: UsageError,
    text: "col2im: outputSize is 0; it must be a whole number of at least 1.",
  },
  {
    name: "a picture smaller than the window",
    run: () => col2im(node(1, 4, 4), [3, 1], 2),
    error: ShapeError,
    text: "col2im: the window covers 2 of axis -1, which has 1 (1 with padding); it must fit in.",
  },
  {
    name: "three numbers for two axes",
    run: () => col2im(node(1, 4, 4), 3, JSON.parse("[2, 2, 2]")),
    error: UsageError,
    text: "col2im: kernelSize is [2, 2, 2]; it must be a number, or as many as there are axes, 2.",
  },
]);
