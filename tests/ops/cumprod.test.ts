import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { cumprod } from "../../src/ops/index.ts";
import { exact, normalised, sums } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

/** Signs and a few powers of two: f32 holds what they come to, whatever the order. */
const powersOfTwo = (count: number) =>
  Array.from({ length: count }, (_, i) => {
    if (i % 500 === 0) return i % 1000 === 0 ? 2 : 0.5;
    return Math.imul(i, 2654435761) >> 20 > 0 ? 1 : -1;
  });

testOp("cumprod", [
  {
    name: "along rows",
    inputs: [{ shape: [2, 3], values: [1, 2, 3, 4, 5, 6] }],
    apply: (x) => cumprod(x, 1),
    tolerance: sums(3),
    expected: [1, 2, 6, 4, 20, 120],
    dy: [1, 1, 1, 1, 1, 1],
    expectedGradients: [[9, 4, 2, 36, 28, 20]],
    secondGradient: true,
  },
  {
    name: "zeros, one and several",
    inputs: [{ shape: [2, 4], values: [2, 0, 3, 4, 0, 5, 0, 6] }],
    apply: (x) => cumprod(x, 1),
    tolerance: exact,
    expected: [2, 0, 0, 0, 0, 0, 0, 0],
    dy: [1, 1, 1, 1, 1, 1, 1, 1],
    expectedGradients: [[1, 32, 0, 0, 6, 0, 0, 0]],
    secondTolerance: normalised,
    secondGradient: true,
  },
  {
    name: "the first of three axes",
    inputs: [{ shape: [40, 3, 2], low: 0.5, high: 1.5 }],
    apply: (x) => cumprod(x, 0),
    tolerance: sums(40),
    shape: [40, 3, 2],
    gradientTolerance: sums(400),
  },
  {
    name: "one long row, in blocks",
    inputs: [{ shape: [17000], values: powersOfTwo(17000) }],
    apply: (x) => cumprod(x, 0),
    tolerance: exact,
    shape: [17000],
    withoutGradient: true,
  },
  {
    name: "the gradient of a long row",
    inputs: [{ shape: [4500], low: 0.99, high: 1.01 }],
    apply: (x) => cumprod(x, 0),
    tolerance: sums(4500),
    shape: [4500],
  },
  {
    name: "signs of zeros, NaN",
    inputs: [{ shape: [2, 3], values: [-1, 0, 2, 2, Number.NaN, 0] }],
    apply: (x) => cumprod(x, 1),
    tolerance: exact,
    expected: [-1, -0, -0, 2, Number.NaN, Number.NaN],
    withoutGradient: true,
  },
  {
    name: "i32 wraps",
    inputs: [{ shape: [3], values: [65536, 32769, 3], dtype: "i32" }],
    apply: (x) => cumprod(x, 0),
    tolerance: exact,
    dtype: "i32",
    referenceOnly: "float64 does not wrap: what devices give is a test of the kernel",
    withoutGradient: true,
  },
]);

testErrors("cumprod", [
  {
    name: "an axis out of range",
    run: () => cumprod(inputNode([2, 3], "f32"), 2),
    error: ShapeError,
    text: "cumprod: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "a fraction of an axis",
    run: () => cumprod(inputNode([2, 3], "f32"), 0.5),
    error: ShapeError,
    text: "cumprod: axis 0.5 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
]);
