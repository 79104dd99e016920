import { addcmul } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { exact, ulps } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("addcmul", [
  {
    name: "known values",
    inputs: [given([1, 2, -3]), given([2, -1, 0.5]), given([3, 4, 8])],
    apply: (x, a, b) => addcmul(x, a, b),
    tolerance: ulps(5),
    expected: [7, -2, 1],
    dy: [1, 2, 3],
    expectedGradients: [
      [1, 2, 3],
      [3, 8, 24],
      [2, -2, 1.5],
    ],
  },
  {
    name: "times a value",
    inputs: [given([1, 2, -3]), given([2, -1, 0.5]), given([3, 4, 8])],
    apply: (x, a, b) => addcmul(x, a, b, { value: 0.5 }),
    tolerance: ulps(5),
    expected: [4, 0, -1],
    dy: [1, 2, 3],
    expectedGradients: [
      [1, 2, 3],
      [1.5, 4, 12],
      [1, -1, 0.75],
    ],
  },
  {
    name: "i32 wraps",
    inputs: [given([1, -5], "i32"), given([3, 65536], "i32"), given([3, 65536], "i32")],
    apply: (x, a, b) => addcmul(x, a, b),
    tolerance: ulps(5),
    dtype: "i32",
    expected: [10, -5],
    withoutGradient: true,
  },
  {
    name: "by a number",
    inputs: [given([1, 2]), given([3, 4])],
    apply: (x, a) => addcmul(x, a, 2.5),
    tolerance: ulps(5),
    expected: [8.5, 12],
    dy: [1, 2],
    expectedGradients: [
      [1, 2],
      [2.5, 5],
    ],
  },
  {
    name: "no number, and infinity",
    inputs: [given([Number.NaN, 1, 1]), given([1, Infinity, Infinity]), given([1, 1, 0])],
    apply: (x, a, b) => addcmul(x, a, b),
    tolerance: ulps(5),
    expected: [Number.NaN, Infinity, Number.NaN],
    withoutGradient: true,
  },
  {
    name: "all three broadcast",
    inputs: [
      { shape: [4, 1, 1], integers: true },
      { shape: [3, 1], integers: true },
      { shape: [5], integers: true },
    ],
    apply: (x, a, b) => addcmul(x, a, b),
    tolerance: exact,
    shape: [4, 3, 5],
    secondGradient: true,
  },
]);
