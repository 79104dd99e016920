import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { argmin } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { exact } from "./families.ts";
import { reductionShapes } from "./reductionCases.ts";
import { testErrors, testOp } from "./testOp.ts";

const common = { tolerance: exact, dtype: "i32", withoutGradient: true } as const;

testOp("argmin", [
  {
    name: "known values",
    inputs: [{ shape: [2, 3], values: [1, 4, 2, -1, -5, -3] }],
    apply: (x) => argmin(x, { axis: 1 }),
    expected: [0, 1],
    ...common,
  },
  {
    name: "of equal elements the first",
    inputs: [{ shape: [2, 4], values: [3, 1, 3, 1, 1, 1, 1, 1] }],
    apply: (x) => argmin(x, { axis: -1 }),
    expected: [1, 0],
    ...common,
  },
  {
    name: "of equal elements the first in a long row",
    inputs: [{ shape: [3000], integers: true, low: -3, high: 4 }],
    apply: (x) => argmin(x),
    ...common,
  },
  {
    name: "the first that is no number comes before all",
    inputs: [{ shape: [2, 4], values: [1, Number.NaN, -Infinity, Number.NaN, -Infinity, 2, 3, Number.NaN] }],
    apply: (x) => argmin(x, { axis: 1 }),
    expected: [1, 3],
    ...common,
  },
  {
    name: "infinities",
    inputs: [{ shape: [2, 3], values: [1, -Infinity, -Infinity, Infinity, Infinity, Infinity] }],
    apply: (x) => argmin(x, { axis: 1 }),
    expected: [1, 0],
    ...common,
  },
  {
    name: "of all elements the place in row-major order",
    inputs: [{ shape: [2, 3], values: [1, 4, 2, 9, -5, 3] }],
    apply: (x) => argmin(x),
    expected: [4],
    ...common,
  },
  { name: "i32", inputs: [given([5, -9, 7], "i32")], apply: (x) => argmin(x), expected: [1], ...common },
  {
    name: "large i32",
    inputs: [given([16777217, 16777216, 16777217], "i32")],
    apply: (x) => argmin(x),
    expected: [1],
    ...common,
  },
  { name: "bool", inputs: [given([1, 0, 0], "bool")], apply: (x) => argmin(x), expected: [1], ...common },
  ...reductionShapes(argmin, { value: () => exact }),
]);

testErrors("argmin", [
  {
    name: "nothing",
    run: () => argmin(inputNode([2, 0], "f32")),
    error: ShapeError,
    text: "argmin: axis 1 of [2, 0] is empty; it must have at least one element.",
  },
  {
    name: "an axis out of range",
    run: () => argmin(inputNode([3], "f32"), { axis: 1 }),
    error: ShapeError,
    text: "argmin: axis 1 is out of range for 1 axes; it must be a whole number in -1..0.",
  },
]);
