import { DtypeError, ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { takeAlongAxis } from "../../src/ops/index.ts";
import { exact, sums } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("takeAlongAxis", [
  {
    name: "also from the end",
    inputs: [
      { shape: [2, 3], values: [1, 2, 3, 4, 5, 6] },
      { shape: [2, 2], values: [-1, 0, 1, 1], dtype: "i32" },
    ],
    apply: (x, index) => takeAlongAxis(x, index, { axis: 1 }),
    tolerance: exact,
    shape: [2, 2],
    expected: [3, 1, 5, 5],
    dy: [1, 2, 4, 8],
    expectedGradients: [[2, 0, 1, 0, 12, 0]],
    secondGradient: true,
  },
  {
    name: "both broadcast",
    inputs: [{ shape: [1, 3, 2] }, { shape: [4, 5, 1], dtype: "i32", low: -3, high: 3 }],
    apply: (x, index) => takeAlongAxis(x, index, { axis: 1 }),
    tolerance: exact,
    shape: [4, 5, 2],
    gradientTolerance: sums(20),
    secondGradient: true,
  },
  {
    name: "everything as one row",
    inputs: [
      { shape: [2, 2], values: [1, 2, 3, 4] },
      { shape: [1, 3], values: [3, 0, -2], dtype: "i32" },
    ],
    apply: (x, index) => takeAlongAxis(x, index),
    tolerance: exact,
    shape: [3],
    expected: [4, 1, 3],
  },
  {
    name: "out of range",
    inputs: [
      { shape: [3], values: [1, 2, 3] },
      { shape: [3], values: [-4, 3, 1], dtype: "i32" },
    ],
    apply: (x, index) => takeAlongAxis(x, index, { axis: 0 }),
    tolerance: exact,
    expected: [Number.NaN, Number.NaN, 2],
    dy: [1, 2, 4],
    expectedGradients: [[0, 4, 0]],
  },
  {
    name: "u32 indices",
    inputs: [
      { shape: [3], values: [1, 2, 3] },
      { shape: [2], values: [2, 0], dtype: "u32" },
    ],
    apply: (x, index) => takeAlongAxis(x, index, { axis: 0 }),
    tolerance: exact,
    expected: [3, 1],
  },
]);

testErrors("takeAlongAxis", [
  {
    name: "an index of fractions",
    run: () => takeAlongAxis(inputNode([2, 3], "f32"), inputNode([2, 3], "f32"), { axis: 0 }),
    error: DtypeError,
    text: "takeAlongAxis: index has dtype f32; it must be i32 or u32.",
  },
  {
    name: "another rank",
    run: () => takeAlongAxis(inputNode([2, 3], "f32"), inputNode([2], "i32"), { axis: 0 }),
    error: ShapeError,
    text: "takeAlongAxis: index [2] and x [2, 3] have other numbers of axes; they must have the same.",
  },
  {
    name: "sizes that do not broadcast",
    run: () => takeAlongAxis(inputNode([2, 3], "f32"), inputNode([2, 2], "i32"), { axis: 0 }),
    error: ShapeError,
    text: "takeAlongAxis: shapes [1, 3] and [1, 2] do not broadcast; sizes, aligned at the last axis, must be equal or 1.",
  },
  {
    name: "an axis out of range",
    run: () => takeAlongAxis(inputNode([2, 3], "f32"), inputNode([2, 2], "i32"), { axis: 2 }),
    error: ShapeError,
    text: "takeAlongAxis: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
]);
