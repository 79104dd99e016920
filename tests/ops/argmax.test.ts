import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { argmax } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { exact } from "./families.ts";
import { reductionShapes } from "./reductionCases.ts";
import { testErrors, testOp } from "./testOp.ts";

const common = { tolerance: exact, dtype: "i32", withoutGradient: true } as const;

testOp("argmax", [
  {
    name: "known values",
    inputs: [{ shape: [2, 3], values: [1, 4, 2, -1, -5, -3] }],
    apply: (x) => argmax(x, { axis: 1 }),
    expected: [1, 0],
    ...common,
  },
  {
    name: "of equal elements the first",
    inputs: [{ shape: [2, 4], values: [3, 5, 3, 5, 5, 5, 5, 5] }],
    apply: (x) => argmax(x, { axis: -1 }),
    expected: [1, 0],
    ...common,
  },
  {
    name: "of equal elements the first in a long row",
    inputs: [{ shape: [3000], integers: true, low: -3, high: 4 }],
    apply: (x) => argmax(x),
    ...common,
  },
  {
    name: "the first that is no number comes before all",
    inputs: [{ shape: [2, 4], values: [1, Number.NaN, Infinity, Number.NaN, Infinity, 2, 3, Number.NaN] }],
    apply: (x) => argmax(x, { axis: 1 }),
    expected: [1, 3],
    ...common,
  },
  {
    name: "infinities",
    inputs: [{ shape: [2, 3], values: [1, Infinity, Infinity, -Infinity, -Infinity, -Infinity] }],
    apply: (x) => argmax(x, { axis: 1 }),
    expected: [1, 0],
    ...common,
  },
  {
    name: "of all elements the place in row-major order",
    inputs: [{ shape: [2, 3], values: [1, 4, 2, 9, -5, 3] }],
    apply: (x) => argmax(x),
    expected: [3],
    ...common,
  },
  { name: "i32", inputs: [given([5, -9, 7], "i32")], apply: (x) => argmax(x), expected: [2], ...common },
  {
    name: "large i32",
    inputs: [given([16777216, 16777217, 16777216], "i32")],
    apply: (x) => argmax(x),
    expected: [1],
    ...common,
  },
  { name: "bool", inputs: [given([0, 1, 1], "bool")], apply: (x) => argmax(x), expected: [1], ...common },
  ...reductionShapes(argmax, { value: () => exact }),
]);

testErrors("argmax", [
  {
    name: "nothing",
    run: () => argmax(inputNode([2, 0], "f32")),
    error: ShapeError,
    text: "argmax: axis 1 of [2, 0] is empty; it must have at least one element.",
  },
  {
    name: "an axis out of range",
    run: () => argmax(inputNode([3], "f32"), { axis: 1 }),
    error: ShapeError,
    text: "argmax: axis 1 is out of range for 1 axes; it must be a whole number in -1..0.",
  },
]);
