import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { max, square } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { exact, ulps } from "./families.ts";
import { reductionShapes } from "./reductionCases.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("max", [
  {
    name: "known values",
    inputs: [{ shape: [2, 3], values: [1, 4, 2, -1, -5, -3] }],
    apply: (x) => max(x, { axis: 1 }),
    tolerance: exact,
    expected: [4, -1],
    dy: [2, 3],
    expectedGradients: [[0, 2, 0, 3, 0, 0]],
  },
  {
    name: "elements that tie share the gradient",
    inputs: [{ shape: [2, 4], values: [3, 5, 3, 5, 5, 5, 5, 5] }],
    apply: (x) => max(x, { axis: 1 }),
    tolerance: exact,
    dy: [6, 8],
    expectedGradients: [[0, 3, 0, 3, 2, 2, 2, 2]],
  },
  {
    name: "infinities and no number",
    inputs: [
      {
        shape: [3, 3],
        values: [1, Infinity, -Infinity, 1, Number.NaN, Infinity, -Infinity, -Infinity, -Infinity],
      },
    ],
    apply: (x) => max(x, { axis: 1 }),
    tolerance: exact,
    expected: [Infinity, Number.NaN, -Infinity],
    withoutGradient: true,
  },
  {
    name: "no number last in a long row",
    inputs: [{ shape: [70], values: [...new Array<number>(69).fill(2), Number.NaN] }],
    apply: (x) => max(x),
    tolerance: exact,
    expected: [Number.NaN],
    withoutGradient: true,
  },
  {
    name: "i32",
    inputs: [given([-7, 3, 5], "i32")],
    apply: (x) => max(x),
    tolerance: exact,
    dtype: "i32",
    expected: [5],
    withoutGradient: true,
  },
  {
    name: "large i32",
    inputs: [given([16777217, 16777216], "i32")],
    apply: (x) => max(x),
    tolerance: exact,
    dtype: "i32",
    expected: [16777217],
    withoutGradient: true,
  },
  {
    name: "bool counts as i32",
    inputs: [given([1, 0, 1], "bool")],
    apply: (x) => max(x),
    tolerance: exact,
    dtype: "i32",
    expected: [1],
    withoutGradient: true,
  },
  ...reductionShapes(max, { value: () => exact, gradient: () => ulps(3) }),
  { name: "a long row", inputs: [{ shape: [2, 1500] }], apply: (x) => max(x, { axis: 1 }), tolerance: exact },
  {
    name: "the gradient of the gradient",
    inputs: [{ shape: [3, 5] }],
    apply: (x) => max(square(x), { axis: 1 }),
    tolerance: ulps(3),
    secondGradient: true,
  },
]);

testErrors("max", [
  {
    name: "nothing",
    run: () => max(inputNode([0], "f32")),
    error: ShapeError,
    text: "max: axis 0 of [0] is empty; it must have at least one element.",
  },
  {
    name: "rows of nothing",
    run: () => max(inputNode([3, 0], "f32"), { axis: 1 }),
    error: ShapeError,
    text: "max: axis 1 of [3, 0] is empty; it must have at least one element.",
  },
  {
    name: "an axis out of range",
    run: () => max(inputNode([3], "f32"), { axis: 1 }),
    error: ShapeError,
    text: "max: axis 1 is out of range for 1 axes; it must be a whole number in -1..0.",
  },
]);
