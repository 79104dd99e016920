import { ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { add } from "../../src/ops/index.ts";
import { binaryShapes, given, numberCases } from "./elementwiseCases.ts";
import { exact, sums, ulps } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("add", [
  {
    name: "known values",
    inputs: [given([1, -2, 0, Infinity, Infinity, Number.NaN]), given([0.5, 2, -0, 1, -Infinity, 1])],
    apply: (a, b) => add(a, b),
    tolerance: ulps(1),
    expected: [1.5, 0, 0, Infinity, Number.NaN, Number.NaN],
    withoutGradient: true,
  },
  {
    name: "i32 wraps",
    inputs: [given([1, 2, 3], "i32"), given([-1, 5, 2147483647], "i32")],
    apply: (a, b) => add(a, b),
    tolerance: exact,
    dtype: "i32",
    expected: [0, 7, -2147483646],
    withoutGradient: true,
  },
  {
    name: "u32 wraps",
    inputs: [given([1, 4294967295], "u32"), given([2, 2], "u32")],
    apply: (a, b) => add(a, b),
    tolerance: exact,
    dtype: "u32",
    expected: [3, 1],
    withoutGradient: true,
  },
  {
    name: "bools count",
    inputs: [given([0, 1, 1], "bool"), given([0, 0, 1], "bool")],
    apply: (a, b) => add(a, b),
    tolerance: exact,
    dtype: "i32",
    expected: [0, 1, 2],
    withoutGradient: true,
  },
  {
    name: "i32 and f32 give f32; the gradient stops at the integers",
    inputs: [given([1, 2], "i32"), given([0.5, -0.25])],
    apply: (a, b) => add(a, b),
    tolerance: ulps(1),
    dtype: "f32",
    expected: [1.5, 1.75],
  },
  {
    name: "a whole number keeps integers",
    inputs: [given([1, -2], "i32")],
    apply: (a) => add(a, 2),
    tolerance: exact,
    dtype: "i32",
    expected: [3, 0],
    withoutGradient: true,
  },
  {
    name: "a fraction widens integers",
    inputs: [given([1, -2], "i32")],
    apply: (a) => add(a, 0.5),
    tolerance: exact,
    dtype: "f32",
    expected: [1.5, -1.5],
    withoutGradient: true,
  },
  {
    name: "a number below 0 makes u32 signed",
    inputs: [given([1, 0], "u32")],
    apply: (a) => add(a, -2),
    tolerance: exact,
    dtype: "i32",
    expected: [-1, -2],
    withoutGradient: true,
  },
  {
    name: "a value with itself",
    inputs: [{ shape: [5] }],
    apply: (a) => add(a, a),
    tolerance: ulps(1),
    gradientTolerance: sums(2),
  },
  { name: "0", inputs: [{ shape: [5] }], apply: (a) => add(a, 0), tolerance: exact },
  ...numberCases(add, { tolerance: ulps(1) }),
  ...binaryShapes(add, { tolerance: ulps(1), summed: sums }),
]);

testErrors("add", [
  {
    name: "shapes that do not broadcast",
    run: () => add(inputNode([2, 3], "f32"), inputNode([4], "f32")),
    error: ShapeError,
    text: "add: shapes [2, 3] and [4] do not broadcast; sizes, aligned at the last axis, must be equal or 1.",
  },
  {
    name: "numbers alone",
    run: () => add(...([1, 2] as unknown as [ReturnType<typeof inputNode>, number])),
    error: UsageError,
    text: "add: all arguments are numbers; at least one must be a tensor.",
  },
]);
