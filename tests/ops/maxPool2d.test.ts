import { ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { maxPool1d, maxPool2d, maxPool3d, mul, permute } from "../../src/ops/index.ts";
import { maxPool2dGather, maxPool2dGradient } from "../../src/ops/innerOps.ts";
import type { Pool2dAttrs } from "../../src/ops/pool2dShape.ts";
import { exact, sums } from "./families.ts";
import type { InputSpec, OpCase } from "./opCase.ts";
import { fitErrors, fours, paddingErrors, windowErrors } from "./poolErrors.ts";
import { testErrors, testOp } from "./testOp.ts";

/** Numbers of which hardly two are equal, so that differences are smooth; exact in f32 as sums of few. */
function distinct(...shape: number[]): InputSpec {
  return { shape, integers: true, low: -5000, high: 5000 };
}

function pooled(
  name: string,
  shape: readonly number[],
  kernelSize: Parameters<typeof maxPool2d>[1],
  options: Parameters<typeof maxPool2d>[2],
  result: readonly number[],
): OpCase {
  return {
    name,
    inputs: [distinct(...shape)],
    apply: (x) => maxPool2d(x, kernelSize, options),
    tolerance: exact,
    shape: result,
    secondGradient: true,
  };
}

const image = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const ties = [3, 3, 1, 3, 3, 1, 1, 1, 1];

testOp("maxPool2d", [
  {
    name: "known values",
    inputs: [{ shape: [1, 1, 3, 3], values: image }],
    apply: (x) => maxPool2d(x, 2, { stride: 1 }),
    tolerance: exact,
    shape: [1, 1, 2, 2],
    expected: [5, 6, 8, 9],
    dy: [1, 2, 3, 4],
    expectedGradients: [[0, 0, 0, 0, 1, 2, 0, 3, 4]],
  },
  {
    name: "of equal elements the first gets the gradient",
    inputs: [{ shape: [1, 1, 3, 3], values: ties }],
    apply: (x) => maxPool2d(x, 2, { stride: 1 }),
    tolerance: exact,
    expected: [3, 3, 3, 3],
    dy: [1, 2, 4, 8],
    expectedGradients: [[1, 2, 0, 4, 8, 0, 0, 0, 0]],
  },
  {
    name: "padding is below all: negative numbers at the border",
    inputs: [{ shape: [1, 1, 2, 2], values: [-5, -6, -7, -8], integers: true }],
    apply: (x) => maxPool2d(x, 2, { stride: 1, padding: 1 }),
    tolerance: exact,
    shape: [1, 1, 3, 3],
    expected: [-5, -5, -6, -5, -5, -6, -7, -7, -8],
  },
  {
    name: "infinities and no number",
    inputs: [
      { shape: [1, 1, 2, 4], values: [1, Number.NaN, -Infinity, -Infinity, 5, 9, -Infinity, -Infinity] },
    ],
    apply: (x) => maxPool2d(x, 2),
    tolerance: exact,
    expected: [Number.NaN, -Infinity],
    withoutGradient: true,
  },
  {
    name: "of several that are no number the last gets the gradient",
    inputs: [{ shape: [1, 1, 2, 2], values: [Number.NaN, 9, Number.NaN, 3] }],
    apply: (x) => maxPool2d(x, 2),
    tolerance: exact,
    expected: [Number.NaN],
    dy: [7],
    expectedGradients: [[0, 0, 7, 0]],
  },
  {
    name: "windows that overlap, and one that holds no number",
    inputs: [{ shape: [1, 1, 1, 5], values: [1, 2, Number.NaN, 4, 3] }],
    apply: (x) => maxPool2d(x, [1, 2], { stride: 1 }),
    tolerance: exact,
    expected: [2, Number.NaN, Number.NaN, 4],
    dy: [1, 2, 4, 8],
    expectedGradients: [[0, 1, 6, 8, 0]],
  },
  pooled("halves", [2, 3, 6, 8], 2, {}, [2, 3, 3, 4]),
  pooled("a rest at the border", [1, 2, 7, 5], 2, {}, [1, 2, 3, 2]),
  pooled("a rectangular window", [1, 2, 6, 7], [2, 3], {}, [1, 2, 3, 2]),
  pooled("windows that overlap", [2, 2, 7, 9], 3, { stride: 2 }, [2, 2, 3, 4]),
  pooled(
    "stride and padding of both axes",
    [1, 2, 7, 9],
    [3, 4],
    { stride: [2, 3], padding: [1, 2] },
    [1, 2, 4, 4],
  ),
  pooled("dilation", [1, 2, 8, 9], 2, { stride: 1, dilation: [3, 2] }, [1, 2, 5, 7]),
  pooled(
    "dilation, stride and padding",
    [1, 1, 9, 8],
    3,
    { stride: 2, dilation: 2, padding: 1 },
    [1, 1, 4, 3],
  ),
  pooled("a stride wider than the window", [1, 1, 9, 9], 2, { stride: 4 }, [1, 1, 2, 2]),
  pooled("a window of one", [1, 2, 3, 5], 1, {}, [1, 2, 3, 5]),
  pooled("one element", [1, 1, 1, 1], 1, {}, [1, 1, 1, 1]),
  pooled("no item", [0, 2, 4, 4], 2, {}, [0, 2, 2, 2]),
  {
    name: "a window that holds nothing but padding",
    inputs: [distinct(1, 1, 1, 1)],
    apply: (x) => maxPool2d(x, 2, { padding: 1, dilation: 2 }),
    tolerance: exact,
    expected: [-Infinity],
    dy: [1],
    expectedGradients: [[0]],
  },
  {
    name: "channels last, seen as channels first",
    inputs: [distinct(2, 4, 6, 3)],
    apply: (x) => maxPool2d(permute(x, [0, 3, 1, 2]), 2),
    tolerance: exact,
    shape: [2, 3, 2, 3],
  },
  {
    name: "computed while it is read",
    inputs: [distinct(1, 2, 4, 6)],
    apply: (x) => maxPool2d(mul(x, 0.5), 2),
    tolerance: exact,
    shape: [1, 2, 2, 3],
  },
]);

testOp("maxPool3d", [
  {
    name: "of equal elements the first of the first plane gets the gradient, of no numbers the last of the last",
    inputs: [
      {
        shape: [1, 2, 2, 2, 2],
        values: [1, 2, 2, 0, 2, 2, 1, 2, Number.NaN, 1, Number.NaN, 3, 2, Number.NaN, 4, 5],
      },
    ],
    apply: (x) => maxPool3d(x, 2),
    tolerance: exact,
    expected: [2, Number.NaN],
    dy: [3, 7],
    expectedGradients: [[0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0]],
  },
  {
    name: "windows that overlap",
    inputs: [distinct(1, 2, 3, 4, 4)],
    apply: (x) => maxPool3d(x, [2, 3, 2], { stride: 1, padding: [0, 1, 1] }),
    tolerance: exact,
    gradientTolerance: sums(12),
    shape: [1, 2, 2, 4, 5],
    secondGradient: true,
  },
  {
    name: "no item, and a window of one",
    inputs: [distinct(0, 2, 3, 4, 4)],
    apply: (x) => maxPool3d(x, 1),
    tolerance: exact,
    shape: [0, 2, 3, 4, 4],
  },
]);

testOp("maxPool1d", [
  {
    name: "a last window over the end",
    inputs: [{ shape: [1, 1, 6], values: [1, 5, 2, 3, 4, 4] }],
    apply: (x) => maxPool1d(x, 3, { stride: 2, ceilMode: true }),
    tolerance: exact,
    expected: [5, 4, 4],
    dy: [1, 2, 4],
    expectedGradients: [[0, 1, 0, 0, 6, 0]],
  },
]);

const attrs: Pool2dAttrs = {
  window: { kernel: [3, 2], stride: [2, 1], padding: [1, 0], dilation: [1, 2] },
  input: [1, 2, 6, 5],
  output: [1, 2, 3, 3],
};

testOp("maxPool2dGradient", [
  {
    name: "is linear in dy",
    inputs: [{ ...distinct(1, 2, 6, 5), constant: true }, { shape: [1, 2, 3, 3] }],
    apply: (x, dy) => maxPool2dGradient(x, dy, attrs),
    tolerance: sums(4),
    shape: [1, 2, 6, 5],
    secondGradient: true,
  },
]);

testOp("maxPool2dGather", [
  {
    name: "takes g where the largest stand",
    inputs: [{ ...distinct(1, 2, 6, 5), constant: true }, { shape: [1, 2, 6, 5] }],
    apply: (x, g) => maxPool2dGather(x, g, attrs),
    tolerance: exact,
    gradientTolerance: sums(4),
    shape: [1, 2, 3, 3],
    secondGradient: true,
  },
]);

testErrors("maxPool2d", [
  ...windowErrors("maxPool2d", 2, maxPool2d),
  ...paddingErrors("maxPool2d", 2, maxPool2d),
  ...fitErrors("maxPool2d", 2, maxPool2d),
  {
    name: "too much padding of one axis",
    run: () => maxPool2d(fours(2), [4, 2], { padding: [2, 2] }),
    error: UsageError,
    text: "maxPool2d: padding 2 for a window of 2; it must be at most half of it.",
  },
  {
    name: "a window that does not fit in the last axis",
    run: () => maxPool2d(inputNode([1, 1, 4, 2], "f32"), 3),
    error: ShapeError,
    text: "maxPool2d: the window covers 3 of axis -1, which has 2 (2 with padding); it must fit in.",
  },
  {
    name: "a dilation of 0",
    run: () => maxPool2d(fours(2), 2, { dilation: 0 }),
    error: UsageError,
    text: "maxPool2d: dilation is 0; it must be a whole number of at least 1.",
  },
]);
testErrors("maxPool1d", [
  ...windowErrors("maxPool1d", 1, maxPool1d),
  ...paddingErrors("maxPool1d", 1, maxPool1d),
]);
testErrors("maxPool3d", [
  ...windowErrors("maxPool3d", 3, maxPool3d),
  ...fitErrors("maxPool3d", 3, maxPool3d),
]);
