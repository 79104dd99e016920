import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { histogram, mul } from "../../src/ops/index.ts";
import { exact, normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("histogram", [
  {
    name: "whole numbers, the last bin with its end",
    inputs: [{ shape: [9], values: [0, 1, 2, 3, 4, 4, 4, 1, 0] }],
    apply: (x) => histogram(x, 4).hist,
    tolerance: exact,
    shape: [4],
    dtype: "f32",
    expected: [2, 2, 1, 4],
    withoutGradient: true,
  },
  {
    name: "edges of a given range",
    inputs: [{ shape: [1], values: [0] }],
    apply: (x) => histogram(x, 5, { range: [-1, 1.5] }).binEdges,
    tolerance: exact,
    expected: [-1, -0.5, 0, 0.5, 1, 1.5],
    withoutGradient: true,
  },
  {
    name: "what lies outside counts nowhere, nor NaN",
    inputs: [{ shape: [2, 4], values: [-1.5, -1, 0.25, 1, 1.5, Number.NaN, Infinity, -0.25] }],
    apply: (x) => histogram(x, 2, { range: [-1, 1] }).hist,
    tolerance: exact,
    expected: [2, 2],
    withoutGradient: true,
  },
  {
    name: "weights, as a density",
    inputs: [
      { shape: [4], values: [0, 1, 2, 3] },
      { shape: [4], values: [1, 2, 3, 2] },
    ],
    apply: (x, weight) => histogram(x, 2, { range: [0, 4], weight, density: true }).hist,
    tolerance: normalised,
    expected: [0.1875, 0.3125],
    withoutGradient: true,
  },
  {
    name: "of equal elements",
    inputs: [{ shape: [3], values: [2, 2, 2] }],
    apply: (x) => histogram(x, 4).hist,
    tolerance: exact,
    expected: [0, 0, 3, 0],
    withoutGradient: true,
  },
  {
    name: "many, computed",
    inputs: [{ shape: [3000], low: -50, high: 50, integers: true }],
    apply: (x) => histogram(mul(x, 0.5), 25, { range: [-25, 25] }).hist,
    tolerance: exact,
    shape: [25],
    withoutGradient: true,
  },
]);

testErrors("histogram", [
  {
    name: "whole numbers",
    run: () => histogram(inputNode([3], "i32"), 4),
    error: DtypeError,
    text: "histogram: x has dtype i32; it must be f32 or f16.",
  },
  {
    name: "no bins",
    run: () => histogram(inputNode([2, 3], "f32"), 0),
    error: UsageError,
    text: "histogram: bins is 0; it must be a whole number from 1 to 16777216.",
  },
  {
    name: "a range backwards",
    run: () => histogram(inputNode([2, 3], "f32"), 4, { range: [1, 0] }),
    error: UsageError,
    text: "histogram: range is [1, 0]; it must be two finite numbers, the lower one first.",
  },
  {
    name: "a range of nothing",
    run: () => histogram(inputNode([0], "f32"), 4),
    error: ShapeError,
    text: "histogram: x is [0], which has no elements; without any a range must be given.",
  },
  {
    name: "another weight",
    run: () => histogram(inputNode([2, 3], "f32"), 4, { weight: inputNode([3], "f32") }),
    error: ShapeError,
    text: "histogram: weight is [3] for x [2, 3]; it must be the same shape.",
  },
]);
