import { DtypeError, ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { mul, scatter } from "../../src/ops/index.ts";
import { exact, ulps } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("scatter", [
  {
    name: "of equal indices the last",
    inputs: [
      { shape: [2, 3], values: [1, 2, 3, 4, 5, 6] },
      { shape: [2, 2], values: [2, 0, 1, 1], dtype: "i32" },
      { shape: [2, 2], values: [10, 20, 30, 40] },
    ],
    apply: (x, index, source) => scatter(x, index, source, { axis: 1 }),
    tolerance: exact,
    expected: [20, 2, 10, 4, 40, 6],
    dy: [1, 2, 3, 4, 5, 6],
    expectedGradients: [
      [0, 2, 0, 4, 0, 6],
      [3, 1, 0, 5],
    ],
    secondGradient: true,
  },
  {
    name: "a middle axis, into computed values",
    inputs: [{ shape: [2, 5, 3] }, { shape: [2, 4, 3], dtype: "i32", low: 0, high: 5 }, { shape: [2, 4, 3] }],
    apply: (x, index, source) => scatter(mul(x, 2), index, mul(source, 2), { axis: 1 }),
    tolerance: ulps(1),
    shape: [2, 5, 3],
    secondGradient: true,
  },
  {
    name: "a number, into a corner",
    inputs: [{ shape: [3, 4] }, { shape: [5, 2], dtype: "i32", low: 0, high: 3 }],
    apply: (x, index) => scatter(x, index, 7, { axis: 0 }),
    tolerance: exact,
    shape: [3, 4],
  },
  {
    name: "a source that is larger than the index",
    inputs: [{ shape: [3, 4, 2] }, { shape: [2, 3, 1], dtype: "i32", low: 0, high: 4 }, { shape: [3, 4, 2] }],
    apply: (x, index, source) => scatter(x, index, source, { axis: 1 }),
    tolerance: exact,
    shape: [3, 4, 2],
  },
  {
    name: "out of range",
    inputs: [
      { shape: [2], values: [1, 2] },
      { shape: [3], values: [-1, 1, 2], dtype: "i32" },
      { shape: [3], values: [5, 6, 7] },
    ],
    apply: (x, index, source) => scatter(x, index, source, { axis: 0 }),
    tolerance: exact,
    expected: [1, 6],
    dy: [1, 2],
    expectedGradients: [
      [1, 0],
      [0, 2, 0],
    ],
  },
  {
    name: "large i32",
    inputs: [
      { shape: [2], values: [16777217, 1], dtype: "i32" },
      { shape: [1], values: [1], dtype: "i32" },
      { shape: [1], values: [-16777217], dtype: "i32" },
    ],
    apply: (x, index, source) => scatter(x, index, source, { axis: 0 }),
    tolerance: exact,
    dtype: "i32",
    expected: [16777217, -16777217],
    withoutGradient: true,
  },
  {
    name: "one long line, by the order of its indices",
    inputs: [{ shape: [6000] }, { shape: [5000], dtype: "i32", low: -100, high: 6100 }, { shape: [5000] }],
    apply: (x, index, source) => scatter(x, index, source, { axis: 0 }),
    tolerance: exact,
    shape: [6000],
  },
  {
    name: "nothing",
    inputs: [{ shape: [2, 3] }, { shape: [0, 3], values: [], dtype: "i32" }, { shape: [0, 3] }],
    apply: (x, index, source) => scatter(x, index, source, { axis: 0 }),
    tolerance: exact,
    shape: [2, 3],
  },
]);

testErrors("scatter", [
  {
    name: "another rank of the index",
    run: () =>
      scatter(inputNode([2, 3], "f32"), inputNode([2], "i32"), inputNode([2, 3], "f32"), { axis: 0 }),
    error: ShapeError,
    text: "scatter: index [2] does not fit x [2, 3]; it must have as many axes and, but for axis 0, sizes at most as large.",
  },
  {
    name: "an index that is longer elsewhere",
    run: () =>
      scatter(inputNode([2, 3], "f32"), inputNode([2, 4], "i32"), inputNode([2, 3], "f32"), { axis: 0 }),
    error: ShapeError,
    text: "scatter: index [2, 4] does not fit x [2, 3]; it must have as many axes and, but for axis 0, sizes at most as large.",
  },
  {
    name: "a source that is too short",
    run: () =>
      scatter(inputNode([2, 3], "f32"), inputNode([3, 3], "i32"), inputNode([2, 3], "f32"), { axis: 0 }),
    error: ShapeError,
    text: "scatter: source [2, 3] does not fit index [3, 3]; it must have as many axes and sizes at least as large.",
  },
  {
    name: "an index of fractions",
    run: () =>
      scatter(inputNode([2, 3], "f32"), inputNode([2, 3], "f32"), inputNode([2, 3], "f32"), { axis: 0 }),
    error: DtypeError,
    text: "scatter: index has dtype f32; it must be i32 or u32.",
  },
  {
    name: "another dtype",
    run: () =>
      scatter(inputNode([2, 3], "f32"), inputNode([2, 3], "i32"), inputNode([2, 3], "i32"), { axis: 0 }),
    error: DtypeError,
    text: "scatter: source has dtype i32; it must be f32.",
  },
  {
    name: "an axis out of range",
    run: () =>
      scatter(inputNode([2, 3], "f32"), inputNode([2, 3], "i32"), inputNode([2, 3], "f32"), { axis: 2 }),
    error: ShapeError,
    text: "scatter: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
]);
