import { UsageError } from "../../src/base/errors.ts";
import type { AvgPool2dAttrs } from "../../src/ops/avgPool2d.ts";
import { avgPool1d, avgPool2d, avgPool3d, mul, permute } from "../../src/ops/index.ts";
import { avgPool2dGradient, avgPool2dOf } from "../../src/ops/innerOps.ts";
import { exact, sums } from "./families.ts";
import type { OpCase } from "./opCase.ts";
import { fitErrors, fours, paddingErrors, windowErrors } from "./poolErrors.ts";
import { type ErrorCase, testErrors, testOp } from "./testOp.ts";

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

testOp("avgPool3d", [
  {
    name: "eighths of whole numbers, to the bit",
    inputs: [{ shape: [1, 2, 4, 4, 6], integers: true }],
    apply: (x) => avgPool3d(x, 2),
    tolerance: exact,
    shape: [1, 2, 2, 2, 3],
    secondGradient: true,
  },
  {
    name: "sums, to the bit",
    inputs: [{ shape: [1, 1, 3, 4, 5], integers: true }],
    apply: (x) => avgPool3d(x, 3, { stride: 1, padding: 1, divisorOverride: 1 }),
    tolerance: exact,
    shape: [1, 1, 3, 4, 5],
    secondGradient: true,
  },
]);

testOp("avgPool1d", [
  {
    name: "a last window over the end counts what there is of it and of the padding",
    inputs: [{ shape: [1, 1, 6], values: [2, 4, 6, 8, 10, 12], integers: true }],
    apply: (x) => avgPool1d(x, 4, { stride: 4, padding: 1, ceilMode: true }),
    tolerance: exact,
    expected: [3, 7.5],
    dy: [4, 8],
    expectedGradients: [[1, 1, 1, 2, 2, 2]],
  },
  {
    name: "another divisor, also of one element",
    inputs: [{ shape: [1, 1, 3], values: [2, 4, 6] }],
    apply: (x) => avgPool1d(x, 1, { divisorOverride: 4 }),
    tolerance: exact,
    expected: [0.5, 1, 1.5],
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

function divisorErrors(op: string, run: (divisorOverride: number) => unknown): ErrorCase[] {
  return [0, 1.5, Number.NaN].map((divisor) => ({
    name: `a divisor of ${divisor}`,
    run: () => run(divisor),
    error: UsageError,
    text: `${op}: divisorOverride is ${divisor}; it must be a whole number from 1.`,
  }));
}

testErrors("avgPool1d", [
  ...windowErrors("avgPool1d", 1, avgPool1d),
  ...divisorErrors("avgPool1d", (divisorOverride) => avgPool1d(fours(1), 2, { divisorOverride })),
]);
testErrors("avgPool2d", [
  ...windowErrors("avgPool2d", 2, avgPool2d),
  ...paddingErrors("avgPool2d", 2, avgPool2d),
  ...fitErrors("avgPool2d", 2, avgPool2d),
]);
testErrors("avgPool3d", [
  ...windowErrors("avgPool3d", 3, avgPool3d),
  ...divisorErrors("avgPool3d", (divisorOverride) => avgPool3d(fours(3), 2, { divisorOverride })),
]);
