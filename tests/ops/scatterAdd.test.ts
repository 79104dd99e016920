import { DtypeError, ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { scatterAdd } from "../../src/ops/index.ts";
import { exact, sums } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("scatterAdd", [
  {
    name: "two to one place",
    inputs: [
      { shape: [2, 3], values: [1, 2, 3, 4, 5, 6] },
      { shape: [2, 2], values: [2, 0, 1, 1], dtype: "i32" },
      { shape: [2, 2], values: [10, 20, 30, 40] },
    ],
    apply: (x, index, source) => scatterAdd(x, index, source, { axis: 1 }),
    tolerance: sums(3),
    expected: [21, 2, 13, 4, 75, 6],
    dy: [1, 2, 3, 4, 5, 6],
    expectedGradients: [
      [1, 2, 3, 4, 5, 6],
      [3, 1, 5, 5],
    ],
    secondGradient: true,
  },
  {
    name: "a middle axis, into a corner",
    inputs: [{ shape: [3, 5, 4] }, { shape: [2, 7, 3], dtype: "i32", low: 0, high: 5 }, { shape: [2, 8, 3] }],
    apply: (x, index, source) => scatterAdd(x, index, source, { axis: 1 }),
    tolerance: sums(8),
    shape: [3, 5, 4],
    secondGradient: true,
  },
  {
    name: "one long line, by the order of its indices",
    inputs: [{ shape: [3000] }, { shape: [4000], dtype: "i32", low: -50, high: 3050 }, { shape: [4000] }],
    apply: (x, index, source) => scatterAdd(x, index, source, { axis: 0 }),
    tolerance: sums(16),
    shape: [3000],
  },
  {
    name: "whole numbers, exactly",
    inputs: [
      { shape: [2], values: [16777216, 1], dtype: "i32" },
      { shape: [3], values: [0, 0, 1], dtype: "i32" },
      { shape: [3], values: [1, 2, 3], dtype: "i32" },
    ],
    apply: (x, index, source) => scatterAdd(x, index, source, { axis: 0 }),
    tolerance: exact,
    dtype: "i32",
    expected: [16777219, 4],
    withoutGradient: true,
  },
]);

testErrors("scatterAdd", [
  {
    name: "another rank of the index",
    run: () =>
      scatterAdd(inputNode([2, 3], "f32"), inputNode([2], "i32"), inputNode([2, 3], "f32"), { axis: 0 }),
    error: ShapeError,
    text: "scatterAdd: index [2] does not fit x [2, 3]; it must have as many axes and, but for axis 0, sizes at most as large.",
  },
  {
    name: "an index that is longer elsewhere",
    run: () =>
      scatterAdd(inputNode([2, 3], "f32"), inputNode([2, 4], "i32"), inputNode([2, 3], "f32"), { axis: 0 }),
    error: ShapeError,
    text: "scatterAdd: index [2, 4] does not fit x [2, 3]; it must have as many axes and, but for axis 0, sizes at most as large.",
  },
  {
    name: "a source that is too short",
    run: () =>
      scatterAdd(inputNode([2, 3], "f32"), inputNode([3, 3], "i32"), inputNode([2, 3], "f32"), { axis: 0 }),
    error: ShapeError,
    text: "scatterAdd: source [2, 3] does not fit index [3, 3]; it must have as many axes and sizes at least as large.",
  },
  {
    name: "an index of fractions",
    run: () =>
      scatterAdd(inputNode([2, 3], "f32"), inputNode([2, 3], "f32"), inputNode([2, 3], "f32"), { axis: 0 }),
    error: DtypeError,
    text: "scatterAdd: index has dtype f32; it must be i32 or u32.",
  },
  {
    name: "another dtype",
    run: () =>
      scatterAdd(inputNode([2, 3], "f32"), inputNode([2, 3], "i32"), inputNode([2, 3], "i32"), { axis: 0 }),
    error: DtypeError,
    text: "scatterAdd: source has dtype i32; it must be f32.",
  },
  {
    name: "an axis out of range",
    run: () =>
      scatterAdd(inputNode([2, 3], "f32"), inputNode([2, 3], "i32"), inputNode([2, 3], "f32"), { axis: 2 }),
    error: ShapeError,
    text: "scatterAdd: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "bool",
    run: () => scatterAdd(inputNode([2], "bool"), inputNode([2], "i32"), inputNode([2], "bool"), { axis: 0 }),
    error: DtypeError,
    text: "scatterAdd: x has dtype bool; it must be f32 or f16 or i32 or u32.",
  },
]);
