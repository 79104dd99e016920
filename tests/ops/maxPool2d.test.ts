import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { maxPool2d, maxPool2dGather, maxPool2dGradient, mul, permute } from "../../src/ops/index.ts";
import type { Pool2dAttrs } from "../../src/ops/pool2dShape.ts";
import { exact, sums } from "./families.ts";
import type { InputSpec, OpCase } from "./opCase.ts";
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

const node = (...shape: number[]) => inputNode(shape, "f32");

testErrors("maxPool2d", [
  {
    name: "x without a batch",
    run: () => maxPool2d(node(3, 5, 5), 2),
    error: ShapeError,
    text: "maxPool2d: x is [3, 5, 5], which has 3 axes; it must have 4 [batch, channels, height, width].",
  },
  {
    name: "integers",
    run: () => maxPool2d(inputNode([1, 1, 4, 4], "i32"), 2),
    error: DtypeError,
    text: "maxPool2d: x has dtype i32; it must be f32 or f16.",
  },
  {
    name: "too much padding",
    run: () => maxPool2d(node(1, 1, 4, 4), [4, 2], { padding: [2, 2] }),
    error: UsageError,
    text: "maxPool2d: padding 2 for a window of 2; it must be at most half of it.",
  },
  {
    name: "a window that does not fit in",
    run: () => maxPool2d(node(1, 1, 4, 2), 3),
    error: ShapeError,
    text: "maxPool2d: the window covers 3 of axis -1, which has 2 (2 with padding); it must fit in.",
  },
  {
    name: "an empty window",
    run: () => maxPool2d(node(1, 1, 4, 2), 0),
    error: UsageError,
    text: "maxPool2d: the kernel size is 0; it must be a whole number of at least 1.",
  },
  {
    name: "a stride of 0",
    run: () => maxPool2d(node(1, 1, 4, 2), 2, { stride: 0 }),
    error: UsageError,
    text: "maxPool2d: stride is 0; it must be a whole number of at least 1.",
  },
]);
