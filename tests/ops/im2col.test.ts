import { expect, test } from "vitest";
import { ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { im2col } from "../../src/ops/index.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("im2col", [
  {
    name: "known values",
    inputs: [{ shape: [1, 1, 3, 3], values: [1, 2, 3, 4, 5, 6, 7, 8, 9] }],
    apply: (x) => im2col(x, 2),
    tolerance: exact,
    shape: [1, 4, 4],
    expected: [1, 2, 4, 5, 2, 3, 5, 6, 4, 5, 7, 8, 5, 6, 8, 9],
    dy: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
    expectedGradients: [[1, 7, 6, 12, 34, 22, 11, 27, 16]],
    secondGradient: true,
  },
  {
    name: "whole numbers, with zeros around them",
    inputs: [{ shape: [1, 2, 1, 2], dtype: "i32", values: [1, 2, 3, 4] }],
    apply: (x) => im2col(x, [1, 2], { padding: [0, 1], dilation: [1, 2] }),
    tolerance: exact,
    dtype: "i32",
    shape: [1, 4, 2],
    expected: [0, 1, 2, 0, 0, 3, 4, 0],
  },
]);

const node = (...shape: number[]) => inputNode(shape, "f32");

if (!__GPU__) {
  test("without padding it is a view", () => {
    const columns = im2col(node(2, 3, 5, 6), [2, 3], { stride: [1, 2], dilation: [2, 1] });
    let below = columns;
    while (below.op.kind === "view") below = below.inputs[0];
    expect(below.shape).toEqual([2, 3, 5, 6]);
  });
}

testErrors("im2col", [
  {
    name: "x without a batch",
    run: () => im2col(node(3, 5, 5), 3),
    error: ShapeError,
    text: "im2col: x is [3, 5, 5], which has 3 axes; it must have 4 [batch, channels, height, width].",
  },
  {
    name: "a window that does not fit in",
    run: () => im2col(node(1, 3, 5, 5), [3, 7], { padding: [0, 0] }),
    error: ShapeError,
    text: "im2col: the window covers 7 of axis -1, which has 5 (5 with padding); it must fit in.",
  },
  {
    name: "an empty window",
    run: () => im2col(node(1, 3, 5, 5), 0),
    error: UsageError,
    text: "im2col: kernelSize is 0; it must be a whole number of at least 1.",
  },
  {
    name: "a stride of 0",
    run: () => im2col(node(1, 3, 5, 5), 3, { stride: 0 }),
    error: UsageError,
    text: "im2col: stride is 0; it must be a whole number of at least 1.",
  },
  {
    name: "padding that is no number",
    run: () => im2col(node(1, 3, 5, 5), 3, { padding: Number.NaN }),
    error: UsageError,
    text: "im2col: padding is NaN; it must be a whole number of at least 0.",
  },
  {
    name: "a fractional dilation",
    run: () => im2col(node(1, 3, 5, 5), 3, { dilation: [1, 1.5] }),
    error: UsageError,
    text: "im2col: dilation is 1.5; it must be a whole number of at least 1.",
  },
]);
