import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import type { AvgPool2dAttrs } from "../../src/ops/avgPool2d.ts";
import { avgPool2d, avgPool2dGradient, avgPool2dOf, mul, permute } from "../../src/ops/index.ts";
import { exact, sums } from "./families.ts";
import type { OpCase } from "./opCase.ts";
import { testErrors, testOp } from "./testOp.ts";

/** Whole numbers where windows hold a power of two of them, and so are exact; else fractions. */
function pooled(
  name: string,
  shape: readonly number[],
  kernelSize: Parameters<typeof avgPool2d>[1],
  options: Parameters<typeof avgPool2d>[2],
  result: readonly number[],
  isExact = true,
): OpCase {
  return {
    name,
    inputs: [{ shape, integers: isExact }],
    apply: (x) => avgPool2d(x, kernelSize, options),
    tolerance: isExact ? exact : sums(9),
    shape: result,
    secondGradient: true,
  };
}

testOp("avgPool2d", [
  {
    name: "known values",
    inputs: [{ shape: [1, 1, 2, 4], values: [1, 2, 3, 4, 5, 6, 7, 9] }],
    apply: (x) => avgPool2d(x, 2),
    tolerance: exact,
    shape: [1, 1, 1, 2],
    expected: [3.5, 5.75],
    dy: [4, 8],
    expectedGradients: [[1, 1, 2, 2, 1, 1, 2, 2]],
  },
  {
    name: "zeros of the padding count",
    inputs: [{ shape: [1, 1, 2, 2], values: [4, 8, 12, 16], integers: true }],
    apply: (x) => avgPool2d(x, 2, { stride: 1, padding: 1 }),
    tolerance: exact,
    shape: [1, 1, 3, 3],
    expected: [1, 3, 2, 4, 10, 6, 3, 7, 4],
  },
  {
    name: "or do not",
    inputs: [{ shape: [1, 1, 2, 2], values: [4, 8, 12, 16], integers: true }],
    apply: (x) => avgPool2d(x, 2, { stride: 1, padding: 1, countIncludePad: false }),
    tolerance: exact,
    shape: [1, 1, 3, 3],
    expected: [4, 6, 8, 8, 10, 12, 12, 14, 16],
  },
  {
    name: "infinities and no number",
    inputs: [{ shape: [1, 1, 1, 6], values: [1, Infinity, Number.NaN, 2, Infinity, -Infinity] }],
    apply: (x) => avgPool2d(x, [1, 2]),
    tolerance: exact,
    expected: [Infinity, Number.NaN, Number.NaN],
    withoutGradient: true,
  },
  pooled("halves", [2, 3, 6, 8], 2, {}, [2, 3, 3, 4]),
  pooled("a rest at the border", [1, 2, 7, 5], 2, {}, [1, 2, 3, 2]),
  pooled("a rectangular window", [1, 2, 6, 7], [1, 4], {}, [1, 2, 6, 1]),
  pooled("windows that overlap", [2, 2, 7, 9], [4, 2], { stride: [3, 1] }, [2, 2, 2, 8]),
  pooled("a stride wider than the window", [1, 1, 9, 9], 2, { stride: 4 }, [1, 1, 2, 2]),
  pooled("a window of one", [1, 2, 3, 5], 1, {}, [1, 2, 3, 5]),
  pooled("no item", [0, 2, 4, 4], 2, {}, [0, 2, 2, 2]),
  pooled("three by three", [1, 2, 7, 9], 3, { stride: 2, padding: 1 }, [1, 2, 4, 5], false),
  pooled(
    "three by three, padding left out",
    [1, 2, 7, 9],
    3,
    { stride: 2, padding: 1, countIncludePad: false },
    [1, 2, 4, 5],
    false,
  ),
  pooled(
    "stride and padding of both axes",
    [1, 2, 7, 9],
    [3, 4],
    { stride: [2, 3], padding: [1, 2] },
    [1, 2, 4, 4],
    false,
  ),
  {
    name: "channels last, seen as channels first",
    inputs: [{ shape: [2, 4, 6, 3], integers: true }],
    apply: (x) => avgPool2d(permute(x, [0, 3, 1, 2]), 2),
    tolerance: exact,
    shape: [2, 3, 2, 3],
  },
  {
    name: "computed while it is read",
    inputs: [{ shape: [1, 2, 4, 6], integers: true }],
    apply: (x) => avgPool2d(mul(x, 2), 2),
    tolerance: exact,
    shape: [1, 2, 2, 3],
  },
]);

const attrs: AvgPool2dAttrs = {
  window: { kernel: [2, 2], stride: [2, 1], padding: [1, 0], dilation: [1, 1] },
  input: [1, 2, 6, 5],
  output: [1, 2, 4, 4],
  countIncludePad: true,
};

testOp("avgPool2dGradient", [
  {
    name: "spreads dy over each window",
    inputs: [{ shape: [1, 2, 4, 4], integers: true }],
    apply: (dy) => avgPool2dGradient(dy, attrs),
    tolerance: exact,
    shape: [1, 2, 6, 5],
    secondGradient: true,
  },
]);

testOp("avgPool2dOf", [
  {
    name: "by attributes",
    inputs: [{ shape: [1, 2, 6, 5], integers: true }],
    apply: (x) => avgPool2dOf(x, attrs),
    tolerance: exact,
    shape: [1, 2, 4, 4],
    secondGradient: true,
  },
]);

const node = (...shape: number[]) => inputNode(shape, "f32");

testErrors("avgPool2d", [
  {
    name: "x without a batch",
    run: () => avgPool2d(node(3, 5, 5), 2),
    error: ShapeError,
    text: "avgPool2d: x is [3, 5, 5], which has 3 axes; it must have 4 [batch, channels, height, width].",
  },
  {
    name: "integers",
    run: () => avgPool2d(inputNode([1, 1, 4, 4], "u32"), 2),
    error: DtypeError,
    text: "avgPool2d: x has dtype u32; it must be f32 or f16.",
  },
  {
    name: "too much padding",
    run: () => avgPool2d(node(1, 1, 4, 4), 3, { padding: 2 }),
    error: UsageError,
    text: "avgPool2d: padding 2 for a window of 3; it must be at most half of it.",
  },
  {
    name: "a window that does not fit in",
    run: () => avgPool2d(node(1, 1, 2, 4), 3),
    error: ShapeError,
    text: "avgPool2d: the window covers 3 of axis -2, which has 2 (2 with padding); it must fit in.",
  },
]);
