import { DtypeError, ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { gather, transpose } from "../../src/ops/index.ts";
import { gatherGradient } from "../../src/ops/innerOps.ts";
import { given } from "./elementwiseCases.ts";
import { exact, sums } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("gather", [
  {
    name: "known values, one picked twice",
    inputs: [given([10, 20, 30]), given([2, 0, 2, 1], "i32")],
    apply: (x, index) => gather(x, index, { axis: 0 }),
    tolerance: exact,
    expected: [30, 10, 30, 20],
    dy: [1, 2, 4, 8],
    expectedGradients: [[2, 8, 5]],
    secondGradient: true,
  },
  {
    name: "along rows",
    inputs: [
      { shape: [2, 3], values: [1, 2, 3, 4, 5, 6] },
      { shape: [2, 2], dtype: "i32", values: [2, 0, 1, 1] },
    ],
    apply: (x, index) => gather(x, index, { axis: 1 }),
    tolerance: exact,
    shape: [2, 2],
    expected: [3, 1, 5, 5],
    dy: [1, 2, 4, 8],
    expectedGradients: [[2, 0, 1, 0, 12, 0]],
  },
  {
    name: "a middle axis",
    inputs: [{ shape: [2, 5, 3] }, { shape: [2, 4, 3], dtype: "u32", low: 0, high: 5 }],
    apply: (x, index) => gather(x, index, { axis: -2 }),
    tolerance: exact,
    gradientTolerance: sums(4),
    shape: [2, 4, 3],
    secondGradient: true,
  },
  {
    name: "an index smaller elsewhere",
    inputs: [{ shape: [4, 5] }, { shape: [2, 7], dtype: "i32", low: 0, high: 5 }],
    apply: (x, index) => gather(x, index, { axis: 1 }),
    tolerance: exact,
    gradientTolerance: sums(7),
    shape: [2, 7],
    secondGradient: true,
  },
  {
    name: "transposed x and index",
    inputs: [{ shape: [4, 5] }, { shape: [3, 5], dtype: "i32", low: 0, high: 4 }],
    apply: (x, index) => gather(transpose(x), transpose(index), { axis: 1 }),
    tolerance: exact,
    gradientTolerance: sums(3),
    shape: [5, 3],
  },
  {
    name: "an index out of range",
    inputs: [given([10, 20, 30]), given([3, -1, 1, 2147483647], "i32")],
    apply: (x, index) => gather(x, index, { axis: 0 }),
    tolerance: exact,
    expected: [Number.NaN, Number.NaN, 20, Number.NaN],
    dy: [1, 2, 4, 8],
    expectedGradients: [[0, 4, 0]],
  },
  {
    name: "an index out of range does not reach the next row",
    inputs: [
      { shape: [2, 3], values: [1, 2, 3, 4, 5, 6] },
      { shape: [2, 2], dtype: "i32", values: [3, 0, -1, 2] },
    ],
    apply: (x, index) => gather(x, index, { axis: 1 }),
    tolerance: exact,
    expected: [Number.NaN, 1, Number.NaN, 6],
    dy: [1, 2, 4, 8],
    expectedGradients: [[2, 0, 0, 0, 0, 8]],
  },
  {
    name: "no index",
    inputs: [{ shape: [3, 2] }, { shape: [0, 2], dtype: "i32" }],
    apply: (x, index) => gather(x, index, { axis: 0 }),
    tolerance: exact,
    shape: [0, 2],
    expectedGradients: [[0, 0, 0, 0, 0, 0]],
  },
  {
    name: "large i32",
    inputs: [given([16777217, 5], "i32"), given([1, 0, 0], "i32")],
    apply: (x, index) => gather(x, index, { axis: 0 }),
    tolerance: exact,
    dtype: "i32",
    expected: [5, 16777217, 16777217],
    withoutGradient: true,
  },
  {
    name: "bool",
    inputs: [given([1, 0], "bool"), given([1, 0, 0], "i32")],
    apply: (x, index) => gather(x, index, { axis: 0 }),
    tolerance: exact,
    dtype: "bool",
    expected: [0, 1, 1],
    withoutGradient: true,
  },
  {
    name: "many picks of few places",
    inputs: [
      { shape: [7], integers: true, low: -9, high: 9 },
      { shape: [1500], dtype: "i32", low: 0, high: 7 },
    ],
    apply: (x, index) => gather(x, index, { axis: 0 }),
    tolerance: exact,
  },
]);

testOp("gatherGradient", [
  {
    name: "adds up what was picked from one place",
    inputs: [given([1, 2, 4, 8]), given([2, 0, 2, 5], "i32")],
    apply: (dy, index) => gatherGradient(dy, index, { axis: 0, size: 4 }),
    tolerance: exact,
    expected: [2, 0, 5, 0],
    dy: [1, 3, 5, 7],
    expectedGradients: [[5, 1, 5, 0]],
  },
  {
    name: "a middle axis",
    inputs: [{ shape: [2, 4, 3] }, { shape: [2, 4, 3], dtype: "i32", low: 0, high: 5 }],
    apply: (dy, index) => gatherGradient(dy, index, { axis: 1, size: 5 }),
    tolerance: sums(4),
    shape: [2, 5, 3],
    secondGradient: true,
  },
]);

testErrors("gather", [
  {
    name: "an index of fractions",
    run: () => gather(inputNode([3], "f32"), inputNode([2], "f32"), { axis: 0 }),
    error: DtypeError,
    text: "gather: index has dtype f32; it must be i32 or u32.",
  },
  {
    name: "another rank",
    run: () => gather(inputNode([3, 2], "f32"), inputNode([2], "i32"), { axis: 0 }),
    error: ShapeError,
    text: "gather: index [2] does not fit x [3, 2]; it must have as many axes and, but for axis 0, sizes at most as large.",
  },
  {
    name: "an index longer off the axis",
    run: () => gather(inputNode([3, 2], "f32"), inputNode([2, 3], "i32"), { axis: 0 }),
    error: ShapeError,
    text: "gather: index [2, 3] does not fit x [3, 2]; it must have as many axes and, but for axis 0, sizes at most as large.",
  },
  {
    name: "an axis out of range",
    run: () => gather(inputNode([3], "f32"), inputNode([2], "i32"), { axis: 1 }),
    error: ShapeError,
    text: "gather: axis 1 is out of range for 1 axes; it must be a whole number in -1..0.",
  },
]);
